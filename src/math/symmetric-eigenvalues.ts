import { EigenvalueDecomposition } from "ml-matrix";

import { toMatrix } from "./matrix.ts";

/** Eigenvalues of a symmetric matrix, row-major [dim, dim], in ascending order. Asymmetric round-off is averaged away. */
export function symmetricEigenvalues(matrix: Float64Array, dim: number): Float64Array {
  const a = toMatrix(matrix, dim);
  const symmetric = a.clone().add(a.transpose()).mul(0.5);
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return Float64Array.from(realEigenvalues).sort();
}
