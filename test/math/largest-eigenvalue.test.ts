import { test } from "uvu";
import * as assert from "uvu/assert";

import { largestEigenvalue } from "../../src/math/largest-eigenvalue.ts";
import { covariance } from "../../src/math/moments.ts";
import { createRng } from "../../src/math/rng.ts";
import { symmetricEigenvalues } from "../../src/math/symmetric-eigenvalues.ts";

for (const [dim, rows, tolerance] of [
  // Up to 24 dimensions Lanczos's space is the whole one.
  [2, 5, 1e-13],
  [24, 40, 1e-12],
  // Beyond, of the spectrum's width; these have no gap at the top.
  [64, 128, 1e-2],
  [128, 1000, 1e-2],
] as const)
  test(`the largest eigenvalue of a covariance of ${dim} dimensions, from below`, () => {
    const values = createRng(dim).normals(dim * rows);
    const matrix = covariance({ count: rows, shape: [dim], values });
    const all = symmetricEigenvalues(matrix, dim);
    const [smallest = NaN, largest = NaN] = [all[0], all.at(-1)];
    const found = largestEigenvalue(matrix, dim);
    assert.ok(found <= largest * (1 + 1e-12));
    assert.ok(largest - found < tolerance * (largest - smallest), `${found}, ${largest}`);
  });

test("the identity's is 1: the iteration ends where nothing is left to look for", () => {
  const identity = Float64Array.from({ length: 900 }, (_, k) => +(k % 31 === 0));
  assert.ok(Math.abs(largestEigenvalue(identity, 30) - 1) < 1e-14);
});

test.run();
