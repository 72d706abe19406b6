import { CholeskyDecomposition } from "ml-matrix";

import { fromMatrix, toMatrix } from "./matrix.ts";
import { symmetricEigenvalues } from "./symmetric-eigenvalues.ts";

export interface Cholesky {
  /** L with A = L Lᵀ, row-major [dim, dim], zero above the diagonal. */
  readonly lower: Float64Array;
  /** ln det A. */
  readonly logDet: number;
}

/**
 * Cholesky factor of a symmetric positive definite matrix, row-major [dim, dim].
 *
 * @param who stands first in the error message: "gaussian: covariance of the training rows"
 * @throws for entries that are not finite, and where the matrix is singular to round-off (a squared pivot ≤ dim · ε · its diagonal entry), with its rank
 */
export function cholesky(matrix: Float64Array, dim: number, who = "cholesky"): Cholesky {
  if (!matrix.every(Number.isFinite))
    throw new Error(`${who}: expected a finite ${dim} × ${dim} matrix, got NaN or Infinity in it.`);
  const a = toMatrix(matrix, dim);
  // ml-matrix refuses a matrix that is asymmetric by one unit in the last place.
  const factor = new CholeskyDecomposition(a.clone().add(a.transpose()).mul(0.5));
  const lower = fromMatrix(factor.lowerTriangularMatrix);
  let logDet = 0;
  let definite = factor.isPositiveDefinite();
  for (let j = 0; j < dim; j++) {
    const pivot = lower[j * dim + j] ?? 0;
    const diagonal = matrix[j * dim + j] ?? 0;
    definite &&= pivot * pivot > dim * Number.EPSILON * diagonal;
    logDet += 2 * Math.log(pivot);
  }
  if (!definite)
    throw new Error(
      `${who}: expected a positive definite ${dim} × ${dim} matrix, got ${defect(matrix, dim)}; ` +
        "drop columns that are constant or sums of others, or give more rows.",
    );
  return { lower, logDet };
}

function defect(matrix: Float64Array, dim: number): string {
  const eigenvalues = symmetricEigenvalues(correlation(matrix, dim), dim);
  const tolerance = dim * Number.EPSILON * Math.max(...eigenvalues.map(Math.abs), 0);
  const negative = eigenvalues.filter((value) => value < -tolerance).length;
  if (negative > 0) return `one with ${negative} negative eigenvalues`;
  return `one of rank ${eigenvalues.filter((value) => value > 4 * tolerance).length}`;
}

/** Scaled to a unit diagonal, so that the rank does not depend on the columns' units. */
function correlation(matrix: Float64Array, dim: number): Float64Array {
  const scale = Array.from({ length: dim }, (_, i) => {
    const diagonal = matrix[i * dim + i] ?? 0;
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 1;
  });
  return matrix.map((v, k) => v * (scale[Math.floor(k / dim)] ?? 1) * (scale[k % dim] ?? 1));
}
