import { tf } from "../engine/index.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { createRng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { Family } from "../model.ts";
import { initialiseModel } from "../training/initialise.ts";
import { loadModel, saveModel } from "../training/model-file.ts";
import { bijectionContract, FLOAT64 } from "./bijection-contract.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { densityChecks } from "./density-checks.ts";
import { gradientChecks } from "./gradient-checks.ts";
import { stageChecks } from "./stage-checks.ts";
import { buildFor, correlatedRows, subject, type FamilyContractOptions } from "./subject.ts";

/**
 * What every family must satisfy (for tabular rows), by what its model declares: a part that it lacks is not checked.
 * Run each check as a test.
 */
export function familyContract(
  family: Family,
  options: FamilyContractOptions = {},
): readonly Check[] {
  const { minDim } = family.supports;
  const dims = [...new Set([minDim, Math.max(3, minDim), Math.max(4, minDim)])];
  return [
    ...dims.flatMap((dim) => mapChecks(family, dim, options)),
    ...(minDim <= 2 ? densityChecks(family, options) : []),
    ...gradientChecks(family, options),
    ...stageChecks(family, options),
    ...stateChecks(family, options),
    ...batchChecks(family, options),
    ...(family.supports.conditional ? conditionChecks(family, options) : []),
  ];
}

/** The bijection contract at D dimensions: the smallest, an odd and an even number. */
function mapChecks(family: Family, dim: number, options: FamilyContractOptions): readonly Check[] {
  const { model, rows } = subject(family, dim, options);
  const { bijection, store } = model;
  const { engine = FLOAT64, tolerance = 1e-10 } = options;
  if (!bijection) return [];
  return bijectionContract({
    name: `${family.name} at D = ${dim}`,
    bijection,
    store,
    rows,
    engine,
    tolerance,
  });
}

function stateChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { engine = FLOAT64 } = options;
  const dim = Math.max(3, family.supports.minDim);
  const values = (seed: number): number[] =>
    buildFor(family, dim, options, { seed })
      .store.slots()
      .flatMap((slot) => [...slot.values]);
  return [
    check(
      `${family.name}: a saved and loaded model gives the same log p, bit for bit`,
      async () => {
        const { model, rows } = subject(family, dim, options);
        const copy = buildFor(family, dim, options, { seed: 2 });
        loadModel(copy.store, saveModel(model.store));
        const before = await evaluateLogProb({ model, rows, engine });
        expectClose("log p", await evaluateLogProb({ model: copy, rows, engine }), before, 0);
      },
    ),
    check(`${family.name}: the seed decides the start, and nothing else does`, () => {
      expectClose("start values of the same seed", values(1), values(1), 0);
      const fitted = buildFor(family, dim, options).fit !== undefined;
      const other = values(2);
      expect(
        fitted || values(1).some((value, i) => value !== other[i]),
        "two seeds give the same start values; draw them from the rng that build() gets.",
      );
      return Promise.resolve();
    }),
    check(`${family.name}: a second data-dependent start changes nothing`, async () => {
      const model = buildFor(family, dim, options);
      if (!model.initialise) return;
      const first = correlatedRows(200, dim, createRng(7));
      const second = { ...first, values: first.values.map((v) => 3 * v - 1) };
      await initialiseModel({ model, train: first, engine }, createRng(8));
      const start = model.store.slots().map((slot) => slot.values);
      await initialiseModel({ model, train: second, engine }, createRng(9));
      model.store.slots().forEach((slot, i) => {
        expectClose(`"${slot.name}"`, slot.values, start[i] ?? [], 0);
      });
    }),
  ];
}

function batchChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { engine = FLOAT64 } = options;
  const dim = Math.max(3, family.supports.minDim);
  return [
    check(`${family.name}: log p of a row does not depend on the batch it comes in`, async () => {
      const { model, rows } = subject(family, dim, options, { count: 7 });
      const whole = await evaluateLogProb({ model, rows, engine });
      // Products of matrices of other sizes may add in another order.
      const tolerance = options.tolerance ?? 1e-12;
      for (const batch of [1, 3])
        expectClose(
          `batch ${batch}`,
          await evaluateLogProb({ model, rows, engine, batch }),
          whole,
          tolerance,
        );
    }),
    check(`${family.name}: no tensor stays behind`, async () => {
      const { model, rows } = subject(family, dim, options, { count: 7 });
      const eager = { engine: "tfjs-cpu" } as const;
      await evaluateLogProb({ model, rows, engine: eager });
      const before = tf.memory().numTensors;
      await evaluateLogProb({ model, rows, engine: eager });
      await evaluateLogProb({ model, rows, engine });
      const after = tf.memory().numTensors;
      expect(after === before, `${after - before} tensors more after two evaluations.`);
    }),
  ];
}

function conditionChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { engine = FLOAT64, tolerance = 1e-10 } = options;
  const dim = Math.max(3, family.supports.minDim);
  const { model, rows, context } = subject(family, dim, options, { contextSize: 2 });
  if (!context) return [];
  return [
    ...(model.bijection
      ? bijectionContract({
          name: `${family.name} with a condition`,
          bijection: model.bijection,
          store: model.store,
          rows,
          context,
          engine,
          tolerance,
        })
      : []),
    check(`${family.name}: log p depends on the condition`, async () => {
      const at = (condition: Rows) => evaluateLogProb({ model, rows, context: condition, engine });
      const one = await at(context);
      const other = await at({ ...context, values: context.values.map((v) => v + 1) });
      expect(
        one.every((value, i) => value !== other[i]),
        "another condition gives the same log p; pass call.context on to the networks.",
      );
    }),
  ];
}
