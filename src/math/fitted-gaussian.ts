import { cholesky, type Cholesky } from "./cholesky.ts";
import { gaussianLogDensity } from "./gaussian-log-density.ts";
import { columnMeans, covariance } from "./moments.ts";
import { linearRegression } from "./regression.ts";
import { rowSize, type Rows } from "./rows.ts";

/** N(m, Σ), or N(m + c W, Σ) given a condition c. */
export interface FittedGaussian {
  /** m [D] */
  readonly centre: Float64Array;
  /** W, row-major [C, D]. */
  readonly slope?: Float64Array;
  /** Σ = L Lᵀ. */
  readonly factor: Cholesky;
}

/**
 * The Gaussian of maximum likelihood: mean, or linear regression on the condition, and the covariance (divided by N) of what
 * is left.
 *
 * @param who stands first in the error message
 * @throws where the covariance is singular, as `cholesky` does
 */
export function fitGaussian(rows: Rows, context?: Rows, who = "fitGaussian"): FittedGaussian {
  const dim = rowSize(rows);
  const about = `${who}: covariance of the ${rows.count} training rows`;
  if (context === undefined) {
    const centre = columnMeans(rows);
    return { centre, factor: cholesky(covariance(rows, centre), dim, about) };
  }
  const { intercept, slope, residuals } = linearRegression(context, rows);
  const spread = covariance(residuals, new Float64Array(dim));
  return { centre: intercept, slope, factor: cholesky(spread, dim, about) };
}

/** log density per row, nats, given the condition of each row where the Gaussian has one. */
export function fittedLogDensity(
  { centre, slope, factor }: FittedGaussian,
  rows: Rows,
  context?: Rows,
): Float64Array {
  if (slope === undefined) return gaussianLogDensity(rows, centre, factor);
  if (context?.count !== rows.count)
    throw new Error(
      `fittedLogDensity: expected the condition of each of the ${rows.count} rows, got ${context?.count ?? "none"}.`,
    );
  const [dim, size] = [centre.length, rowSize(context)];
  const residuals = rows.values.map((value, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim];
    let predicted = centre[j] ?? 0;
    for (let c = 0; c < size; c++)
      predicted += (context.values[i * size + c] ?? 0) * (slope[c * dim + j] ?? 0);
    return value - predicted;
  });
  return gaussianLogDensity({ ...rows, values: residuals }, new Float64Array(dim), factor);
}
