import { EigenvalueDecomposition } from "ml-matrix";
import { fromMatrix, toMatrix } from "./matrix.ts";
import { columnMeans } from "./moments.ts";
import { rowSize, type Rows } from "./rows.ts";

/** y ≈ intercept + x · slope. */
export interface Regression {
  /** [D] */
  readonly intercept: Float64Array;
  /** [C, D], row-major. */
  readonly slope: Float64Array;
  /** y less its prediction. */
  readonly residuals: Rows;
}

/** Eigenvalues below this share of the largest one are round-off: their direction carries no information. */
const RANK_TOLERANCE = 1e-12;

/**
 * Linear regression by least squares about the means. Of equally good slopes, as one-hot columns have them, the one of the
 * smallest norm.
 *
 * @param x [C] per row
 * @param y [D] per row
 */
export function linearRegression(x: Rows, y: Rows): Regression {
  if (x.count !== y.count)
    throw new Error(
      `linearRegression: expected as many x as y, got ${x.count} and ${y.count} rows.`,
    );
  const [c, d] = [rowSize(x), rowSize(y)];
  const [meanX, meanY] = [columnMeans(x), columnMeans(y)];
  const centre = (rows: Rows, mean: Float64Array) =>
    toMatrix(
      rows.values.map((value, k) => value - (mean[k % mean.length] ?? 0)),
      rows.count,
      mean.length,
    );
  const [a, b] = [centre(x, meanX), centre(y, meanY)];
  const eigen = new EigenvalueDecomposition(a.transpose().mmul(a), { assumeSymmetric: true });
  const largest = Math.max(...eigen.realEigenvalues);
  const vectors = eigen.eigenvectorMatrix;
  const inverted = eigen.realEigenvalues.map((value) =>
    value > RANK_TOLERANCE * largest ? 1 / value : 0,
  );
  const along = vectors.transpose().mmul(a.transpose().mmul(b));
  const slopeMatrix = vectors.mmul(along.mulColumnVector(inverted));
  const slope = fromMatrix(slopeMatrix);
  const intercept = meanY.map((value, j) => {
    let predicted = 0;
    for (let k = 0; k < c; k++) predicted += (meanX[k] ?? 0) * (slope[k * d + j] ?? 0);
    return value - predicted;
  });
  const residuals = fromMatrix(b.sub(a.mmul(slopeMatrix)));
  return { intercept, slope, residuals: { count: y.count, shape: [d], values: residuals } };
}
