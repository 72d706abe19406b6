import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore } from "../../src/engine/index.ts";
import { mixing, mixingPermutation } from "../../src/flows/mixing.ts";
import { createRng } from "../../src/math/rng.ts";
import { encode, largest, rowsOf } from "./helpers.ts";

/** max |QᵀQ − I| of a row-major matrix. */
function defect(matrix: Float64Array, dim: number): number {
  let worst = 0;
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < dim; j++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += (matrix[k * dim + i] ?? 0) * (matrix[k * dim + j] ?? 0);
      worst = Math.max(worst, Math.abs(sum - (i === j ? 1 : 0)));
    }
  return worst;
}

for (const kind of ["rotation", "permutation"] as const) {
  test(`a ${kind} keeps every row's norm, and its matrix is orthonormal to round-off`, async () => {
    const store = createStore();
    const layer = mixing(kind, 5, store, createRng(1));
    if (!layer) throw new Error("no layer");
    // 25 sums of 5 products of numbers up to 1.
    assert.ok(defect(store.slots("constant")[0]?.values ?? new Float64Array(25), 5) < 1e-14);
    const { z, logDet } = await encode(layer, rowsOf([1, -2, 3, 0.5, 4], 5), store);
    assert.ok(Math.abs(Math.hypot(...z) - Math.hypot(1, -2, 3, 0.5, 4)) < 1e-13);
    assert.is(largest(logDet), 0);
  });
}

test("a permutation brings an active coordinate into the skipped part, at D = 2 always the other one", () => {
  for (let seed = 0; seed < 20; seed++) {
    assert.equal([...mixingPermutation(2, createRng(seed))], [0, 1, 1, 0]);
    const matrix = mixingPermutation(5, createRng(seed));
    const arrives = [2, 3, 4].some((source) =>
      [0, 1].some((target) => matrix[source * 5 + target] === 1),
    );
    assert.ok(arrives, `seed ${seed} mixes nothing`);
  }
});

test("none is no layer", () => {
  assert.is(mixing("none", 4, createStore(), createRng(1)), undefined);
});

test.run();
