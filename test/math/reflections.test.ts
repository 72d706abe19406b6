import { test } from "uvu";
import * as assert from "uvu/assert";

import { haarRotation } from "../../src/math/haar-rotation.ts";
import { reflections } from "../../src/math/reflections.ts";
import { createRng } from "../../src/math/rng.ts";
import { slogdet } from "../../src/math/slogdet.ts";
import { saying } from "../saying.ts";

/** Q with its first row turned around where det Q is not (−1)^D. */
function withSign(dim: number, seed: number): Float64Array {
  const q = haarRotation(dim, createRng(seed));
  const wanted = dim % 2 === 0 ? 1 : -1;
  return slogdet(q, dim).sign === wanted ? q : q.map((v, k) => (k < dim ? -v : v));
}

test("the reflections, applied one after the other, multiply to the matrix", () => {
  for (const dim of [1, 2, 3, 8, 43]) {
    const q = withSign(dim, dim);
    const vectors = reflections(q, dim);
    // H₁ (H₂ (… H_D I)): from the last to the first.
    const product = new Float64Array(dim * dim).map((_, k) => +(k % (dim + 1) === 0));
    for (let k = dim - 1; k >= 0; k--) {
      const v = Array.from({ length: dim }, (_, i) => vectors[i * dim + k] ?? NaN);
      const square = v.reduce((sum, value) => sum + value * value, 0);
      for (let j = 0; j < dim; j++) {
        const inner = v.reduce((sum, value, i) => sum + value * (product[i * dim + j] ?? 0), 0);
        v.forEach((value, i) => {
          product[i * dim + j] = (product[i * dim + j] ?? 0) - (2 * inner * value) / square;
        });
      }
    }
    // A few ε per reflection.
    product.forEach((value, k) => {
      assert.ok(Math.abs(value - (q[k] ?? NaN)) < 8 * dim * Number.EPSILON, `D = ${dim}`);
    });
  }
});

test("a column near its unit vector is reflected without cancellation", () => {
  const angle = 1e-9;
  const turn = Float64Array.of(Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle));
  const vectors = reflections(turn, 2);
  // v = (cos − 1, sin), of which plain subtraction would leave no digit.
  assert.ok(Math.abs((vectors[0] ?? NaN) / (-angle * angle) - 0.5) < 1e-15);
});

test("a determinant that no product of D reflections has is refused", () => {
  assert.throws(
    () => reflections(Float64Array.of(1, 0, 0, -1), 2),
    saying("expected a determinant of 1 at D = 2, got -1"),
  );
});

test.run();
