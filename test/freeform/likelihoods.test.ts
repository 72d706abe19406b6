import { test } from "uvu";
import * as assert from "uvu/assert";

import { standardNormal } from "../../src/distributions/standard-normal.ts";
import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { checkLogProb, measureLogProb } from "../../src/evaluation/log-prob.ts";
import { overRows } from "../../src/evaluation/over-rows.ts";
import { jacobianLikelihoods } from "../../src/freeform/likelihoods.ts";
import type { Pair } from "../../src/freeform/pair.ts";
import { trainingScore } from "../../src/freeform/training-score.ts";
import { volume, volumeOptions } from "../../src/freeform/volume.ts";
import { defaultsOf, type OptionValues } from "../../src/options.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean } from "../../src/math/statistics.ts";
import type { Rows } from "../../src/math/rows.ts";
import type { Model } from "../../src/model.ts";
import { slotValues } from "../../src/evaluation/slots.ts";
import { createValidation } from "../../src/training/validation.ts";
import { assertClose } from "../engine/compare.ts";
import { couplings, DIM } from "./exact-pairs.ts";

const base = standardNormal(DIM);
const draw = (count: number): Rows => ({
  ...{ count, shape: [DIM] },
  values: createRng("rows").normals(count * DIM),
});
const rows = draw(7);

interface Asked extends Partial<OptionValues<typeof volumeOptions>> {
  readonly factor?: number;
  readonly reconstructionBound?: number;
}

/** A model of the exact couplings; its decoder's parameters are multiplied by `factor`. */
function modelOf({ factor = 1, reconstructionBound = 0.01, ...asked }: Asked = {}): Model {
  const store = createStore();
  const slots = Object.entries(couplings.values).map(
    ([name, values]) =>
      [name, store.variable(name, couplings.parameters[name] ?? [], values)] as const,
  );
  const read = (by: number) =>
    Object.fromEntries(slots.map(([name, slot]) => [name, tf.mul(slot.read(), by)] as const));
  const pair: Pair = {
    encode: (x, call) => couplings.pair(read(1), read(1)).encode(x, call),
    decode: (z, call) => couplings.pair(read(1), read(factor)).decode(z, call),
  };
  const parts = {
    ...{ pair, base, shape: [DIM], reconstructionBound },
    volume: volume({ ...defaultsOf(volumeOptions), ...asked }, DIM),
  };
  return {
    ...{ shape: [DIM], store, monitor: "nll" },
    logProb: jacobianLikelihoods(parts),
    score: trainingScore({ ...parts, beta: 3 }),
    sampler: { noise: base.noise, sample: (noise) => ({ x: noise }) },
  };
}

/** log q(f(x)) + log|det f′(x)| in closed form, and g(f(x)) by the model's own maps, in float64. */
const closedForm = (model: Model, of = rows): Promise<{ logProb: Float64Array }> =>
  overRows({
    ...{ label: "closed form", store: model.store, rows: of, batch: of.count },
    engine: { engine: "cpu", precision: "float64" },
    body: (x: Tensor, call) => {
      const read = Object.fromEntries(model.store.slots().map((slot) => [slot.name, slot.read()]));
      const z = couplings.pair(read, read).encode(x, call);
      return { logProb: tf.add(base.logProb(z), couplings.logDet(read, x)) };
    },
  });

test("decoder's and encoder's log p are the density where g is f's inverse, in float64 whatever is asked for", async () => {
  const model = modelOf();
  const { logProb } = await closedForm(model);
  for (const name of ["", "encoder"])
    for (const precision of ["float32", "float64"] as const) {
      const measured = await measureLogProb({ model, rows, name, engine: { precision } });
      // Round-off of a Jacobian and its elimination in float64; float32 would be off by 1e-6.
      assertClose({ logProb: measured.logProb }, { logProb }, 1e-13, name);
    }
  assert.is(await checkLogProb({ model, rows }), undefined);
});

test("early stopping looks at the objective: the encoder's log p less beta times the error, where g is no inverse too", async () => {
  for (const factor of [1, 1.5]) {
    const model = modelOf({ factor });
    const { rows: numbers } = await measureLogProb({ model, rows });
    const { logProb } = await closedForm(model);
    const expected = 3 * mean(numbers["reconstruction"] ?? []) - mean(logProb);
    const validation = await createValidation({
      ...{ model, rows, monitor: "nll", engine: {}, rng: createRng(1) },
    });
    const { value } = await validation.evaluate(slotValues(model.store.slots("variable")));
    await validation.dispose();
    // Early stopping keeps the precision of the engine, float32.
    assert.ok(
      Math.abs(value - expected) < 1e-6 * Math.max(1, Math.abs(expected)),
      `${value} ${expected}`,
    );
    assert.ok(factor === 1 || mean(numbers["reconstruction"] ?? []) > 0.1);
  }
});

test("where g is not the inverse the two differ, and the error of the reconstruction is told", async () => {
  const model = modelOf({ factor: 0.8, reconstructionBound: 0.05 });
  const [decoder, encoder] = [
    await measureLogProb({ model, rows }),
    await measureLogProb({ model, rows, name: "encoder" }),
  ];
  assert.ok(decoder.logProb.some((v, i) => Math.abs(v - (encoder.logProb[i] ?? NaN)) > 0.05));
  const { metrics = {}, details = {} } = model.logProb[0]?.conclude?.(decoder.rows) ?? {};
  const errors = metrics["reconstruction"]?.values ?? new Float64Array(0);
  assert.is(errors.length, rows.count);
  const above = errors.filter((error) => error > 0.05).length;
  assert.ok(above > 0 && above < rows.count, "the bound lies among the errors");
  assert.equal(details, {
    ...{ logDet: "exact", precision: "float64", reconstructionBound: 0.05 },
    aboveBound: above / rows.count,
  });
});

test("the estimate along all orthogonal directions is log p", async () => {
  const truth = (await closedForm(modelOf())).logProb;
  for (const name of ["", "encoder"]) {
    const model = modelOf({ logDet: "hutchinson" });
    const { logProb } = await measureLogProb({ model, rows, name });
    // With all D steps exact up to float32, in which it runs.
    assertClose({ logProb }, { logProb: truth }, 1e-4, name);
  }
});

test("the estimate along random directions is log p to the error that it tells", async () => {
  // So many that their mean is normal, and known errors of single rows, from two directions each, average out.
  const many = draw(2000);
  const truth = mean((await closedForm(modelOf(), many)).logProb);
  for (const name of ["", "encoder"]) {
    const model = modelOf({ logDet: "hutchinson", logDetDirections: 2 });
    const measured = await measureLogProb({ model, rows: many, name });
    const likelihood = model.logProb.find((one) => one.name === name);
    const { details = {} } = likelihood?.conclude?.(measured.rows) ?? {};
    assert.is(details["logDet"], "hutchinson");
    assert.is(details["directions"], 2);
    const error = mean(measured.logProb) - truth;
    const told = Number(details["logDetStderr"]);
    assert.ok(told > 0 && Math.abs(error) < 4 * told, `${error}, told ${told}`);
  }
});

test("rows whose reconstruction is no number are above every bound", () => {
  const [main] = modelOf().logProb;
  const conclusion = main?.conclude?.({ reconstruction: Float64Array.of(0, NaN, Infinity, 1e-3) });
  assert.is(conclusion?.details?.["aboveBound"], 0.5);
});

test.run();
