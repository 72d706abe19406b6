import { test } from "uvu";
import * as assert from "uvu/assert";

import { bijectionContract } from "../../src/contract/bijection-contract.ts";
import { gridAround } from "../../src/contract/grid.ts";
import { realTensor } from "../../src/distributions/real.ts";
import { tf } from "../../src/engine/index.ts";
import { checkLogProb, evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { sampleModel } from "../../src/evaluation/sample.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";
import { mean } from "../../src/math/statistics.ts";
import type { Velocity } from "../../src/ode/velocity.ts";
import { applyTo, largest } from "../flows/helpers.ts";
import { FLOAT64, flowOf, linearVelocity } from "./flow-of.ts";
import { gaussianPath } from "./gaussian-path.ts";

const differences = (one: Float64Array, other: Float64Array): Float64Array =>
  one.map((value, i) => value - (other[i] ?? NaN));

const MATRIX = [0.3, -1, 0.2, 0.7, -0.9, 0.4, 0.1, 0.5, 1.4];
const TRACE = 0.8;

for (const times of [
  { data: 1, noise: 0 },
  { data: 0.25, noise: 1 },
])
  test(`x' = A x has log-det (t_noise − t_data) tr A, and the opposite backwards (data at ${times.data})`, async () => {
    const model = flowOf(linearVelocity(MATRIX), {
      shape: [3],
      times,
      options: { rtol: 1e-9, atol: 1e-9 },
    });
    const rows = makeRows(createRng("linear").normals(15), [3]);
    const found = await applyTo(model.store, rows, (x) => {
      const forth = model.bijection?.encode(x, { mode: "evaluate" });
      const back = model.bijection?.decode(x, { mode: "evaluate" });
      if (!forth || !back) throw new Error("no map");
      return { forth: forth.logDet, back: back.logDet };
    });
    const truth = (times.noise - times.data) * TRACE;
    assert.ok(largest(found.forth.map((value) => value - truth)) < 1e-8);
    assert.ok(largest(found.back.map((value) => value + truth)) < 1e-8);
  });

for (const dim of [1, 2, 3, 4])
  test(`D = ${dim}: the analytic velocity of Gaussian data gives the Gaussian's log p, to the tolerance`, async () => {
    const path = gaussianPath(dim);
    const rows = path.draw(40);
    const truth = path.logDensity(rows);
    for (const tolerance of [1e-5, 1e-9]) {
      const model = flowOf(path.velocity, {
        shape: [dim],
        options: { rtol: tolerance, atol: tolerance },
      });
      const logProb = await evaluateLogProb({ model, rows, engine: FLOAT64 });
      const checked = await checkLogProb({ model, rows });
      const errors = differences(logProb, truth);
      // Errors of some ten steps add up; those of z weigh as much as z is far out.
      assert.ok(largest(errors) < 20 * tolerance, `${largest(errors)} at ${tolerance}`);
      if (!checked) throw new Error("no check");
      const reported = Math.abs(mean(logProb) - mean(checked));
      // What is left after the check is a tenth of it, so that it says how far off log p is.
      assert.ok(Math.abs(mean(errors)) < 1.5 * reported, `${mean(errors)}, ${reported}`);
      assert.ok(largest(differences(checked, truth)) < 2 * tolerance);
    }
  });

const wavy: Velocity = (t, x) => {
  const weights = realTensor([1.1, -0.7, 0.5, 0.9, 0.3, -1.2], [3, 2]);
  return tf.matMul(tf.sin(tf.add(tf.matMul(x, weights, false, true), t)), weights);
};

for (const { name, run } of bijectionContract({
  name: "a continuous flow",
  store: flowOf(wavy, { shape: [2] }).store,
  bijection: flowOf(wavy, { shape: [2], options: { rtol: 1e-9, atol: 1e-9 } })
    .bijection as NonNullable<ReturnType<typeof flowOf>["bijection"]>,
  rows: makeRows(createRng("contract").normals(20), [2]),
  // Ten times the tolerance of a step.
  tolerance: 1e-8,
}))
  test(name, run);

test("a density of two dimensions integrates to one, and the sampler's log p is that of its rows", async () => {
  const model = flowOf(wavy, { shape: [2] });
  const samples = await sampleModel({ model, count: 2000, rng: createRng(5) });
  const { rows, cell } = gridAround(samples.rows, 2);
  const logProb = await evaluateLogProb({ model, rows });
  const mass = logProb.reduce((sum, value) => sum + Math.exp(value) * cell, 0);
  assert.ok(Math.abs(mass - 1) < 1e-3, `${mass}`);
  const again = await evaluateLogProb({ model, rows: samples.rows });
  // There and back at rtol = 1e-5, in float32.
  const errors = differences(samples.logProb ?? new Float64Array(0), again);
  assert.ok(largest(errors) < 1e-3, `${largest(errors)}`);
});

test("float32 gives the log p of float64 to the tolerance, and batches do not matter", async () => {
  const model = flowOf(wavy, { shape: [2] });
  const rows = makeRows(createRng("precision").normals(60), [2]);
  const exact = await evaluateLogProb({ model, rows, engine: FLOAT64 });
  const single = await evaluateLogProb({ model, rows });
  assert.ok(largest(differences(single, exact)) < 1e-4);
  const parted = await evaluateLogProb({ model, rows, engine: FLOAT64, batch: 7 });
  assert.ok(largest(differences(parted, exact)) < 1e-12);
});

test("stages lead from the data to the noise in ten equal times, each with its log-det", async () => {
  const times = { data: 1, noise: 0 };
  const options = { rtol: 1e-9, atol: 1e-9 };
  const { stages, bijection, store } = flowOf(linearVelocity(MATRIX), {
    shape: [3],
    times,
    options,
  });
  if (!stages || !bijection) throw new Error("no stages");
  assert.equal(stages.names.slice(0, 4), ["t = 1", "t = 0.9", "t = 0.8", "t = 0.7"]);
  assert.equal(stages.times, [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0]);
  const rows = makeRows(createRng("stages").normals(6), [3]);
  const found = await applyTo(store, rows, (x) => {
    const reached = stages.encode(x, { mode: "evaluate" });
    return {
      logDets: tf.stack(
        reached.map(({ logDet }) => logDet),
        1,
      ),
      first: tf.clone(reached[0]?.z ?? x),
      last: tf.clone(reached.at(-1)?.z ?? x),
      z: bijection.encode(x, { mode: "evaluate" }).z,
    };
  });
  assert.equal(found.first, rows.values);
  assert.ok(largest(differences(found.last, found.z)) < 1e-8);
  const truth = found.logDets.map((_, k) => (-TRACE * (k % 11)) / 10);
  assert.ok(largest(differences(found.logDets, truth)) < 1e-8);
});

test("images go in and come out in their shape, and are rows inside", async () => {
  const shape = [2, 1, 2];
  const path = gaussianPath(4);
  const model = flowOf(path.velocity, { shape, options: { rtol: 1e-8, atol: 1e-8 } });
  const flat = path.draw(10);
  const logProb = await evaluateLogProb({ model, rows: { ...flat, shape }, engine: FLOAT64 });
  assert.ok(largest(differences(logProb, path.logDensity(flat))) < 1e-6);
  const { rows } = await sampleModel({ model, count: 3, rng: createRng(1) });
  assert.equal([rows.count, rows.shape, rows.values.length], [3, shape, 12]);
});

test.run();
