import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile } from "../../src/engine/index.ts";
import { lossNoise, lossProgram } from "../../src/contract/loss-program.ts";
import { perturb } from "../../src/contract/subject.ts";
import { slotKey, slotValues } from "../../src/evaluation/slots.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import type { Model } from "../../src/model.ts";
import { cnf } from "../../src/ode/cnf.ts";
import { cnfOptions, type CnfOptions } from "../../src/ode/cnf-options.ts";
import { defaultsOf } from "../../src/options.ts";
import { trainingOptions, type TrainingOptions } from "../../src/training/options.ts";
import { train } from "../../src/training/train.ts";
import { saying } from "../saying.ts";

const optionsOf = (options: Partial<CnfOptions>): CnfOptions => ({
  ...defaultsOf(cnfOptions),
  hidden: [8, 8],
  ...options,
});
const build = (options: Partial<CnfOptions>, dim = 2): Model =>
  cnf.build({ options: optionsOf(options), shape: [dim], contextSize: 0, rng: createRng(1) });

const COUNT = 16;

/** Loss and gradient of all variables, one behind the other, in float64, away from the start. */
async function gradientOf(
  options: Partial<CnfOptions>,
): Promise<{ loss: number; gradient: number[] }> {
  const model = perturb(build(options), createRng(2));
  const program = await compile(lossProgram(model, { count: COUNT, contextSize: 0 }), {
    engine: "cpu",
    precision: "float64",
  });
  try {
    program.set(slotValues(model.store.slots("variable")));
    const outputs = await program.run({
      rows: createRng(3).normals(2 * COUNT),
      ...lossNoise(model, COUNT),
    });
    return {
      loss: outputs["loss"]?.[0] ?? NaN,
      gradient: model.store
        .slots("variable")
        .flatMap((slot) => [...(outputs[slotKey(slot)] ?? [])]),
    };
  } finally {
    await program.dispose();
  }
}

const distance = (one: readonly number[], other: readonly number[]): number =>
  Math.hypot(...one.map((value, i) => value - (other[i] ?? NaN))) / Math.hypot(...other);

test("the adjoint's gradient goes to the one through fine unrolled steps as its tolerance shrinks", async () => {
  const weights = { kinetic: 0.1, jacobian: 0.05 };
  // Twice the steps move it by 1e-7.
  const reference = await gradientOf({ ...weights, trainingSteps: 24 });
  const errors: number[] = [];
  for (const trainingTolerance of [1e-3, 1e-5, 1e-7]) {
    const adjoint = await gradientOf({ ...weights, gradient: "adjoint", trainingTolerance });
    errors.push(distance(adjoint.gradient, reference.gradient));
    // The loss's own error: some steps of this tolerance each.
    assert.ok(Math.abs(adjoint.loss - reference.loss) < 30 * trainingTolerance + 1e-6);
  }
  const [loose = NaN, middle = NaN, tight = NaN] = errors;
  assert.ok(middle < loose / 5 && tight < middle / 5, errors.join(", "));
  assert.ok(tight < 1e-5, errors.join(", "));
});

test("options that do not go together are refused, each with the cure", () => {
  const refuse = (options: Partial<CnfOptions>, ...texts: string[]): void => {
    for (const text of texts)
      assert.throws(() => cnf.checkOptions?.(optionsOf(options)), saying(text));
  };
  refuse({ trainingSolver: "dopri5" }, "trainingSolver=dopri5 chooses its steps", "rk4", "adjoint");
  refuse({ gradient: "adjoint", trainingSolver: "rk4" }, "no error estimate", "dopri5");
  refuse({ activation: "relu" }, "expected a smooth activation, got relu", "second derivative");
  refuse({ activation: "elu" }, "softplus");
  refuse({ rtol: 1e-20 }, "rtol");
  refuse({ network: "residual", hidden: [8, 9] }, "all equal");
  for (const good of [
    {},
    { gradient: "adjoint" },
    { gradient: "adjoint", trainingSolver: "tsit5" },
    { trainingSolver: "midpoint", network: "concatsquash" },
  ] as const)
    cnf.checkOptions?.(optionsOf(good));
});

test("an unknown solver of training is no word of the option", () => {
  assert.not(cnfOptions.trainingSolver.accepts("rk5"));
  assert.match(cnfOptions.trainingSolver.expected, "rk4");
  for (const solver of ["auto", "rk4", "dopri5"])
    assert.ok(cnfOptions.trainingSolver.accepts(solver));
});

test("training draws probes only where the divergence is estimated", () => {
  assert.is(build({}).noise, undefined);
  assert.equal(build({}, 40).noise?.["probes"]?.shape(7), [7, 1, 40]);
  assert.equal(build({ trainingTrace: "hutchinson" }).noise?.["probes"]?.kind, "rademacher");
});

/** Rows of N(m, s²), which a flow from N(0, I) has to move and to shrink. */
const shifted = (seed: number, count: number): Rows =>
  makeRows(
    createRng(seed)
      .normals(2 * count)
      .map((z) => 1.5 + 0.4 * z),
    [2],
  );

const training = (options: Partial<TrainingOptions>) => ({
  train: shifted(4, 1000),
  validation: shifted(5, 500),
  rng: createRng(6),
  options: { ...defaultsOf(trainingOptions), batch: 128, ...options },
});

test("a short training from the identity brings a Gaussian within 0.1 nats of its density", async () => {
  const model = build({ hidden: [16, 16], trainingSolver: "midpoint" });
  const { status, valMonitor } = await train({
    model,
    ...training({ steps: 300, learningRate: 0.01 }),
  });
  assert.is(status, "done");
  assert.is(valMonitor.name, "nll");
  // It starts at 4.2, and most of it is to shrink by half and more; the true density of the same rows is the reference.
  const { values } = shifted(5, 500);
  const truth =
    values.reduce((sum, x) => sum + 0.5 * ((x - 1.5) / 0.4) ** 2, 0) / 500 +
    Math.log(2 * Math.PI * 0.4 ** 2);
  const gap = (valMonitor.value ?? NaN) - truth;
  assert.ok(Math.abs(gap) < 0.1, `gap ${gap}`);
});

test("a training that diverges says so, with step, learning rate and what to do", async () => {
  const { status, reason = "" } = await train({
    // tanh would keep the field bounded.
    model: build({ activation: "silu" }),
    ...training({ steps: 50, learningRate: 1e6, clip: null }),
  });
  assert.is(status, "diverged");
  assert.match(reason, /learning rate 1000000.*lower it/);
});

test("a solver's budget too small for validation is named, not the learning rate", async () => {
  const { status, reason = "" } = await train({
    model: build({ maxSteps: 1 }),
    ...training({ steps: 5, learningRate: 0.01 }),
  });
  assert.is(status, "diverged");
  assert.match(
    reason,
    /^train: no evaluation up to step 5 .*: cnf: .* budget of 1 steps .*raise family\.maxSteps/,
  );
});

test.run();
