import { test } from "uvu";
import * as assert from "uvu/assert";

import { orthonormalFrames } from "../../src/math/orthonormal-frames.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean, standardError } from "../../src/math/statistics.ts";

/** Entry (row, column) of frame i. */
const entries = (values: Float64Array, dim: number, columns: number) => {
  const at = (i: number, row: number, column: number): number =>
    values[(i * dim + row) * columns + column] ?? NaN;
  return at;
};

for (const [dim, columns] of [
  [1, 1],
  [43, 1],
  [43, 43],
  [200, 100],
] as const)
  test(`columns are orthonormal to round-off at D = ${dim}, K = ${columns}`, () => {
    const at = entries(orthonormalFrames(2, [dim, columns], 1, createRng(1)), dim, columns);
    for (let i = 0; i < 2; i++)
      for (let a = 0; a < columns; a++)
        for (let b = 0; b <= a; b++) {
          let product = 0;
          for (let row = 0; row < dim; row++) product += at(i, row, a) * at(i, row, b);
          // Round-off of a sum of 200 terms; one round of Gram–Schmidt loses 1e-13 on square Gaussian matrices.
          assert.ok(Math.abs(product - +(a === b)) < 2e-15 * Math.sqrt(dim), `${product}`);
        }
  });

test("entries have the moments of the Haar measure", () => {
  const [count, dim, columns] = [20_000, 3, 3];
  const at = entries(orthonormalFrames(count, [dim, columns], 1, createRng(2)), dim, columns);
  const average = (f: (i: number) => number, expected: number, what: string): void => {
    const values = Float64Array.from({ length: count }, (_, i) => f(i));
    // Five standard errors never happen by chance, and the seed is fixed.
    assert.ok(Math.abs(mean(values) - expected) < 5 * standardError(values), what);
  };
  // Weingarten calculus on O(3): E q² = 1/3, E q⁴ = 3/15, E q₁₁ q₁₂ q₂₁ q₂₂ = −1/(n(n − 1)(n + 2)) = −1/30.
  for (let row = 0; row < dim; row++)
    for (let column = 0; column < columns; column++) {
      average((i) => at(i, row, column), 0, `mean of entry ${row}, ${column}`);
      average((i) => at(i, row, column) ** 2, 1 / 3, `square of entry ${row}, ${column}`);
      average((i) => at(i, row, column) ** 4, 1 / 5, `fourth power of entry ${row}, ${column}`);
    }
  average(
    (i) => at(i, 0, 0) * at(i, 0, 1) * at(i, 1, 0) * at(i, 1, 1),
    -1 / 30,
    "product of a minor's entries",
  );
});

test.run();
