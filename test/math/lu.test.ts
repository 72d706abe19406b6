import { test } from "uvu";
import * as assert from "uvu/assert";

import { lu } from "../../src/math/lu.ts";
import { createRng } from "../../src/math/rng.ts";
import { saying } from "../saying.ts";

test("the rows of L U are the matrix's in the given order, L being unit lower and U upper triangular", () => {
  for (const dim of [1, 2, 7]) {
    const matrix = createRng(dim).normals(dim * dim);
    const { order, lower, upper } = lu(matrix, dim);
    assert.equal(
      [...order].sort(),
      Array.from({ length: dim }, (_, i) => i),
    );
    for (let i = 0; i < dim; i++)
      for (let j = 0; j < dim; j++) {
        let sum = 0;
        for (let k = 0; k < dim; k++) sum += (lower[i * dim + k] ?? 0) * (upper[k * dim + j] ?? 0);
        // Sums of at most 7 products of numbers near 1.
        assert.ok(Math.abs(sum - (matrix[(order[i] ?? 0) * dim + j] ?? NaN)) < 1e-14);
        if (i <= j) assert.is(lower[i * dim + j], i === j ? 1 : 0);
        else {
          assert.is(upper[i * dim + j], 0);
          // Partial pivoting.
          assert.ok(Math.abs(lower[i * dim + j] ?? NaN) <= 1);
        }
      }
  }
});

test("a singular matrix is refused", () => {
  assert.throws(
    () => lu(Float64Array.of(1, 2, 2, 4), 2),
    saying("regular 2 × 2 matrix, got a singular one"),
  );
});

test.run();
