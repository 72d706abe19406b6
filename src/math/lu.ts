import { LuDecomposition } from "ml-matrix";

import { fromMatrix, toMatrix } from "./matrix.ts";

/** A = P L U with partial pivoting, each row-major [dim, dim]. */
export interface Lu {
  /** (P L U)[order[i]] is row i of L U. */
  readonly order: readonly number[];
  /** Unit lower triangular, entries of at most 1. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * LU decomposition of a row-major matrix [dim, dim].
 *
 * @throws where the matrix is singular, so that U could not be inverted
 */
export function lu(matrix: Float64Array, dim: number): Lu {
  const factors = new LuDecomposition(toMatrix(matrix, dim));
  if (factors.isSingular())
    throw new Error(`lu: expected a regular ${dim} × ${dim} matrix, got a singular one.`);
  return {
    order: factors.pivotPermutationVector,
    lower: fromMatrix(factors.lowerTriangularMatrix),
    upper: fromMatrix(factors.upperTriangularMatrix),
  };
}
