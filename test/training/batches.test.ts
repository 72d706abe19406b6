import { test } from "uvu";
import * as assert from "uvu/assert";

import { drawNoise } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";
import { createBatches } from "../../src/training/batches.ts";
import { planTraining } from "../../src/training/plan.ts";
import { options } from "./helpers.ts";

test("an epoch visits every row once, and the next one in another order", () => {
  const batches = createBatches(12, 4, createRng(1));
  const epoch = (e: number): number[] => [0, 1, 2].flatMap((b) => [...batches(3 * e + b)]);
  const all = Array.from({ length: 12 }, (_, i) => i);
  assert.equal(
    epoch(0).sort((a, b) => a - b),
    all,
  );
  assert.equal(
    epoch(1).sort((a, b) => a - b),
    all,
  );
  assert.not.equal(epoch(0), epoch(1));
});

test("a batch depends on its step only, not on the steps asked for before", () => {
  const one = createBatches(11, 4, createRng(1));
  const other = createBatches(11, 4, createRng(1));
  one(0);
  one(9);
  assert.equal([...one(5)], [...other(5)]);
});

test("orthonormal noise has VᵀV = D · I, so that E[v vᵀ] = I for each column", () => {
  const values = drawNoise("orthonormal", [4, 3, 2], createRng(2));
  for (let draw = 0; draw < 4; draw++)
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const product = [0, 1, 2].reduce(
        (sum, row) =>
          sum + (values[draw * 6 + row * 2 + a] ?? 0) * (values[draw * 6 + row * 2 + b] ?? 0),
        0,
      );
      assert.ok(Math.abs(product - (a === b ? 3 : 0)) < 1e-13);
    }
});

test("the steps of a call divide the evaluations' distance, and shrink as the model grows", () => {
  const small = planTraining(options({ evaluateEvery: 90 }), 1000, 1000);
  assert.is(small.chunk, 90);
  const large = planTraining(options({ evaluateEvery: 90, batch: 512 }), 10000, 2e6);
  assert.is(90 % large.chunk, 0);
  assert.ok(large.chunk < 10);
});

test.run();
