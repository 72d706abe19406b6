import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract } from "../../src/contract/index.ts";
import { buildFor, correlatedRows } from "../../src/contract/subject.ts";
import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { batchnorm } from "../../src/flows/batchnorm.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { columnDeviations, columnMeans } from "../../src/math/moments.ts";
import { createRng } from "../../src/math/rng.ts";
import { defaultsOf } from "../../src/options.ts";
import { trainingOptions } from "../../src/training/options.ts";
import { train } from "../../src/training/train.ts";
import { applyTo, largest, rowsOf } from "./helpers.ts";

const options = { layers: 2, hidden: [8], norm: "batchnorm" };
const float64 = { engine: "cpu", precision: "float64" } as const;
// A program's constant ε is a float32.
const EPSILON = Math.fround(1e-5);

// Gradients through the batch's statistics, evaluation by the running ones, saving: by the contract.
for (const { name, run } of familyContract(realNvp, { options })) test(name, run);

test("in training a batch has mean 0 and variance v / (v + ε), and each row the log-det −½ Σ ln(v + ε)", async () => {
  const rows = rowsOf([1, 10, 0, 3, 30, 0, 5, 80, 0], 3);
  const store = createStore();
  const layer = batchnorm(3, store);
  const { z, logDet } = await applyTo(store, rows, (x) => layer.encode(x, { mode: "train" }));
  const variances = [8 / 3, 2600 / 3, 0];
  variances.forEach((v, j) => {
    const column = [0, 1, 2].map((i) => z[3 * i + j] ?? NaN);
    assert.ok(Math.abs(column.reduce((a, b) => a + b)) < 1e-12);
    const second = column.reduce((sum, value) => sum + value * value, 0) / 3;
    assert.ok(Math.abs(second - v / (v + EPSILON)) < 1e-12);
  });
  const expected = -0.5 * variances.reduce((sum, v) => sum + Math.log(v + EPSILON), 0);
  logDet.forEach((value) => {
    assert.ok(Math.abs(value - expected) < 1e-12);
  });
});

test("a batch of one row gives finite numbers and leaves the averages alone", async () => {
  const store = createStore();
  const layer = batchnorm(2, store);
  const { z, logDet, mean } = await applyTo(store, rowsOf([3, -4], 2), (x: Tensor) => {
    const encoded = layer.encode(x, { mode: "train" });
    const after = store.slots("state")[0]?.read();
    return { ...encoded, mean: tf.mul(tf.ones([1, 1]), after ?? tf.scalar(NaN)) };
  });
  // Averages of 0 and 1: the identity, but for ε.
  assert.ok(largest([(z[0] ?? NaN) - 3, (z[1] ?? NaN) + 4]) < 4 * EPSILON);
  assert.ok(largest(logDet) < 2 * EPSILON);
  assert.equal([...mean], [0, 0]);
});

test("a later step moves the averages a tenth of the way to the batch", async () => {
  const store = createStore();
  const layer = batchnorm(1, store);
  const before: Record<string, number> = { mean: 2, variance: 5, started: 1 };
  for (const slot of store.slots("state")) slot.values = Float64Array.of(before[slot.name] ?? NaN);
  const { mean, variance } = await applyTo(store, rowsOf([1, 3, 8], 1), (x) => {
    layer.encode(x, { mode: "train" });
    const perRow = (name: string): Tensor =>
      tf.mul(
        tf.ones([3, 1]),
        store
          .slots("state")
          .find((s) => s.name === name)
          ?.read() ?? NaN,
      );
    return { mean: perRow("mean"), variance: perRow("variance") };
  });
  // The batch has mean 4 and unbiased variance 13; the shares are float32.
  assert.ok(Math.abs((mean[0] ?? NaN) - 2.2) < 1e-6);
  assert.ok(Math.abs((variance[0] ?? NaN) - 5.8) < 1e-6);
});

/** Trains on these rows; gives the running averages in front of the first coupling, which sees the rows themselves. */
async function averagesAfter(steps: number, batch: number) {
  const rows = correlatedRows(300, 2, createRng("train"));
  const model = buildFor(realNvp, 2, { options });
  await train({
    model,
    train: rows,
    validation: { ...rows, count: 0, values: new Float64Array(0) },
    options: { ...defaultsOf(trainingOptions), steps, batch },
    engine: float64,
    rng: createRng(3),
  });
  const slot = (name: string): Float64Array =>
    model.store.slots("state").find((s) => s.name === `layer0/norm/${name}`)?.values ??
    new Float64Array(2).fill(NaN);
  return { rows, mean: slot("mean"), variance: slot("variance") };
}

test("the first step starts the averages at the batch's mean and unbiased variance", async () => {
  const { rows, mean, variance } = await averagesAfter(1, 300);
  const deviations = columnDeviations(rows);
  const errors = [0, 1].flatMap((j) => [
    (mean[j] ?? NaN) - (columnMeans(rows)[j] ?? NaN),
    (variance[j] ?? NaN) - ((deviations[j] ?? NaN) ** 2 * 300) / 299,
  ]);
  // The shares 0.1 and 0.9 and the factor 300/299 are float32 constants of the program.
  assert.ok(largest(errors) < 1e-6, String(errors));
});

test("the averages come to the moments of the training rows", async () => {
  const { rows, mean, variance } = await averagesAfter(150, 50);
  const deviations = columnDeviations(rows);
  [0, 1].forEach((j) => {
    const deviation = deviations[j] ?? NaN;
    // An average with share 0.1 has 0.1/1.9 of a batch's variance: 4 standard errors.
    const noise = 4 * Math.sqrt(0.1 / 1.9 / 50);
    const meanError = Math.abs((mean[j] ?? NaN) - (columnMeans(rows)[j] ?? NaN)) / deviation;
    assert.ok(meanError < noise, `mean ${j}: off by ${meanError} deviations`);
    // A variance of normal rows has √2 times the relative noise.
    const ratio = (variance[j] ?? NaN) / deviation ** 2;
    assert.ok(Math.abs(ratio - 1) < Math.SQRT2 * noise, `variance ${j}: ratio ${ratio}`);
  });
});

test.run();
