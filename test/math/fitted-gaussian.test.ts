import { test } from "uvu";
import * as assert from "uvu/assert";
import { fitGaussian, fittedLogDensity } from "../../src/math/fitted-gaussian.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Rows } from "../../src/math/rows.ts";
import { mean } from "../../src/math/statistics.ts";
import { saying } from "../saying.ts";

const rows = (values: readonly number[], size: number): Rows => ({
  ...{ count: values.length / size, shape: [size] },
  values: Float64Array.from(values),
});

/** Correlated rows of two columns, and a condition of one on which both depend. */
function drawn(count = 50): { readonly y: Rows; readonly x: Rows } {
  const normals = createRng(7).normals(3 * count);
  const x = Array.from(normals.subarray(0, count));
  const y = x.flatMap((c, i) => {
    const [e = NaN, f = NaN] = normals.subarray(count + 2 * i);
    return [1 + 2 * c + e, -c + 0.5 * e + f];
  });
  return { x: rows(x, 1), y: rows(y, 2) };
}

/** Round-off of sums of 50 terms of order 1. */
const near = (a: number, b: number): void => {
  assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
};

test("on its own rows the mean of −log p is ½ ln det(2πe Σ), with and without a condition", () => {
  const { x, y } = drawn();
  for (const context of [undefined, x]) {
    const fitted = fitGaussian(y, context);
    const nll = -mean(fittedLogDensity(fitted, y, context));
    near(nll, Math.log(2 * Math.PI * Math.E) + fitted.factor.logDet / 2);
  }
});

test("of two values the density is that of N(m, s²) by hand", () => {
  // Mean 2, variance 1.
  const fitted = fitGaussian(rows([1, 3], 1));
  const [at] = fittedLogDensity(fitted, rows([4], 1));
  near(at ?? NaN, -0.5 * Math.log(2 * Math.PI) - 2);
});

test("a condition that explains the rows but for their noise leaves that noise", () => {
  // y = 3 + 2 c ± 1, the sign independent of c: slope 2, variance 1.
  const c = [0, 0, 1, 1];
  const fitted = fitGaussian(rows([2, 4, 4, 6], 1), rows(c, 1));
  near(fitted.slope?.[0] ?? NaN, 2);
  const [at] = fittedLogDensity(fitted, rows([9], 1), rows([3], 1));
  near(at ?? NaN, -0.5 * Math.log(2 * Math.PI));
});

test("a Gaussian of the rows in other units is the same but for their volume", () => {
  const { y } = drawn();
  const scaled = rows(
    [...y.values].map((v, k) => (k % 2 === 0 ? 3 * v - 1 : v / 5)),
    2,
  );
  const [a, b] = [y, scaled].map((r) => mean(fittedLogDensity(fitGaussian(r), r)));
  near((a ?? NaN) - (b ?? NaN), Math.log(3 / 5));
});

test("rows on a line and a condition of other rows are refused", () => {
  assert.throws(
    () => fitGaussian(rows([1, 1, 2, 2, 3, 3], 2), undefined, "here"),
    saying(
      "here: covariance of the 3 training rows: expected a positive definite 2 × 2 matrix, got one of rank 1",
    ),
  );
  const { x, y } = drawn();
  const fitted = fitGaussian(y, x);
  assert.throws(() => fittedLogDensity(fitted, y), saying("each of the 50 rows, got none"));
  assert.throws(
    () => fittedLogDensity(fitted, y, rows([1], 1)),
    saying("each of the 50 rows, got 1"),
  );
});

test.run();
