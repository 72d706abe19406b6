import { QrDecomposition } from "ml-matrix";

import { fromMatrix, toMatrix } from "./matrix.ts";
import type { Rng } from "./rng.ts";

/**
 * An orthonormal matrix from the Haar measure of O(dim), row-major [dim, dim] (Mezzadri 2007, arXiv:math-ph/0609050).
 *
 * Q of the QR decomposition of a Gaussian matrix is Haar only if R's diagonal is positive, which no library promises;
 * each column is therefore multiplied by the sign of R's diagonal. Half of the draws are reflections (det −1).
 */
export function haarRotation(dim: number, rng: Rng): Float64Array {
  if (!Number.isInteger(dim) || dim < 1)
    throw new Error(`haarRotation: expected a dimension of at least 1, got ${dim}.`);
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(
    toMatrix(rng.normals(dim * dim), dim),
  );
  for (let column = 0; column < dim; column++)
    if (upperTriangularMatrix.get(column, column) < 0) orthogonalMatrix.mulColumn(column, -1);
  return fromMatrix(orthogonalMatrix);
}
