import { test } from "uvu";
import * as assert from "uvu/assert";

import { cholesky } from "../../src/math/cholesky.ts";
import { gaussianLogDensity } from "../../src/math/gaussian-log-density.ts";
import { haarRotation } from "../../src/math/haar-rotation.ts";
import { columnDeviations, columnMeans, covariance } from "../../src/math/moments.ts";
import { permutationMatrix } from "../../src/math/permutation-matrix.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, selectRows } from "../../src/math/rows.ts";
import { slogdet } from "../../src/math/slogdet.ts";
import { mean } from "../../src/math/statistics.ts";
import { symmetricEigenvalues } from "../../src/math/symmetric-eigenvalues.ts";

const closeTo = (actual: number, expected: number, tolerance: number, what = ""): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);
};

/** A Aᵀ of a row-major [dim, dim] matrix. */
const gram = (a: Float64Array, dim: number): Float64Array =>
  a.map((_, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim];
    let sum = 0;
    for (let m = 0; m < dim; m++) sum += (a[i * dim + m] ?? 0) * (a[j * dim + m] ?? 0);
    return sum;
  });

test("a Haar rotation is orthonormal to round-off, in one dimension and in many", () => {
  for (const dim of [1, 2, 5, 43]) {
    const product = gram(haarRotation(dim, createRng(dim)), dim);
    // Householder QR loses a few ε per reflection.
    product.forEach((value, k) => {
      closeTo(value, k % (dim + 1) === 0 ? 1 : 0, 4 * dim * Number.EPSILON, `D = ${dim}`);
    });
  }
});

test("every entry of a Haar rotation has mean 0 and variance 1/D, and half of them are reflections", () => {
  const [dim, draws] = [3, 4000];
  const rng = createRng(2);
  const all = Array.from({ length: draws }, () => haarRotation(dim, rng));
  for (let k = 0; k < dim * dim; k++) {
    const entries = all.map((q) => q[k] ?? NaN);
    // 4 standard errors. Without the sign of R's diagonal the diagonal entries have a mean far from 0.
    closeTo(mean(entries), 0, 4 * Math.sqrt(1 / dim / draws), `mean of entry ${k}`);
    closeTo(mean(entries.map((q) => q * q)), 1 / dim, 4 * Math.sqrt(0.09 / draws), "variance");
  }
  closeTo(mean(all.map((q) => slogdet(q, dim).sign)), 0, 4 / Math.sqrt(draws), "mean det");
});

test("a permutation matrix applied to x gives x in the new order", () => {
  const x = [10, 20, 30];
  const matrix = permutationMatrix([2, 0, 1]);
  const product = [0, 1, 2].map((i) => mean(x.map((v, j) => 3 * v * (matrix[3 * i + j] ?? 0))));
  product.forEach((value, i) => {
    closeTo(value, [30, 10, 20][i] ?? 0, 1e-12);
  });
});

test("the Cholesky factor multiplies back, and its log-determinant is that of the eigenvalues", () => {
  const dim = 6;
  const matrix = gram(createRng(4).normals(dim * dim), dim);
  const { lower, logDet } = cholesky(matrix, dim);
  gram(lower, dim).forEach((value, k) => {
    closeTo(value, matrix[k] ?? 0, 1e-13 * dim * dim, "L Lᵀ");
  });
  const eigenvalues = symmetricEigenvalues(matrix, dim);
  // The condition number is near 1e3, so both lose some three digits.
  closeTo(
    logDet,
    [...eigenvalues].map(Math.log).reduce((a, b) => a + b),
    1e-10,
  );
  assert.equal(
    [...eigenvalues],
    [...eigenvalues].sort((a, b) => a - b),
  );
});

test("a singular covariance is refused with its rank, whatever the units of its columns", () => {
  const base = createRng(5).normals(200);
  for (const unit of [1, 1e-6, 1e6]) {
    const values = [...base.keys()].flatMap((i) => {
      const [a, b] = [base[i] ?? 0, base[(i + 7) % 200] ?? 0];
      return [a, unit * b, a + 2 * b];
    });
    const matrix = covariance(makeRows(Float64Array.from(values), [3]));
    assert.throws(
      () => cholesky(matrix, 3, "who"),
      /who: expected a positive definite 3 × 3 .*rank 2/,
    );
  }
  assert.throws(() => cholesky(Float64Array.of(1, 2, 2, 1), 2), /1 negative eigenvalue/);
  assert.throws(() => cholesky(Float64Array.of(1, NaN, NaN, 1), 2), /expected a finite 2 × 2/);
});

test("slogdet knows sign and size where the determinant itself would overflow", () => {
  assert.equal(slogdet(Float64Array.of(0, 1, 1, 0), 2), { sign: -1, logAbs: 0 });
  assert.equal(slogdet(Float64Array.of(-2, 0, 0, 1), 2), { sign: -1, logAbs: Math.log(2) });
  assert.is(slogdet(Float64Array.of(1, 2, 2, 4), 2).sign, 0);
  const dim = 300;
  const scaled = permutationMatrix(createRng(6).permutation(dim)).map((v) => v * 1e10);
  closeTo(slogdet(scaled, dim).logAbs, dim * Math.log(1e10), 1e-9);
  // A 3-cycle is even.
  assert.is(slogdet(permutationMatrix([1, 2, 0]), 3).sign, 1);
});

test("moments are those of the definition", () => {
  const rows = makeRows(Float64Array.of(1, 10, 3, 10, 5, 40), [2]);
  assert.equal([...columnMeans(rows)], [3, 20]);
  assert.equal([...covariance(rows)], [8 / 3, 20, 20, 200]);
  assert.equal([...columnDeviations(rows)], [Math.sqrt(8 / 3), Math.sqrt(200)]);
  assert.throws(() => columnMeans(makeRows(new Float64Array(0), [2])), /expected at least 1 row/);
});

test("the Gaussian log-density is that of independent normals in a turned frame", () => {
  // x = L z has log p(x) = Σ log φ(z_j) − ln det L.
  const dim = 4;
  const rng = createRng(8);
  const factor = cholesky(gram(rng.normals(dim * dim), dim), dim);
  const [z, centre] = [rng.normals(dim), rng.normals(dim)];
  const x = centre.map((c, i) => {
    let sum = c;
    for (let j = 0; j < dim; j++) sum += (factor.lower[i * dim + j] ?? 0) * (z[j] ?? 0);
    return sum;
  });
  const expected = z.reduce((sum, e) => sum - 0.5 * (e * e + Math.log(2 * Math.PI)), 0);
  const [actual] = gaussianLogDensity(makeRows(x, [dim]), centre, factor);
  closeTo(actual ?? NaN, expected - 0.5 * factor.logDet, 1e-10);
});

test("selected rows are copies in the order asked for", () => {
  const rows = makeRows(Float64Array.of(1, 2, 3, 4, 5, 6), [2]);
  const picked = selectRows(rows, [2, 0, 2]);
  assert.equal([...picked.values], [5, 6, 1, 2, 5, 6]);
  picked.values[0] = 0;
  assert.is(rows.values[4], 5);
  assert.throws(() => makeRows(new Float64Array(5), [2]), /expected a multiple of 2 values/);
});

test.run();
