import { LuDecomposition } from "ml-matrix";

import { toMatrix } from "./matrix.ts";

/**
 * Sign and logarithm of a determinant, of a row-major matrix [dim, dim]. The determinant itself would overflow.
 * A singular matrix gives sign 0 and −Infinity.
 */
export function slogdet(
  matrix: Float64Array,
  dim: number,
): { readonly sign: -1 | 0 | 1; readonly logAbs: number } {
  const lu = new LuDecomposition(toMatrix(matrix, dim));
  let negative = oddPermutation(lu.pivotPermutationVector);
  let logAbs = 0;
  for (const pivot of lu.upperTriangularMatrix.diagonal()) {
    if (pivot === 0) return { sign: 0, logAbs: -Infinity };
    if (pivot < 0) negative = !negative;
    logAbs += Math.log(Math.abs(pivot));
  }
  return { sign: negative ? -1 : 1, logAbs };
}

/** A cycle of length k is k − 1 swaps. */
function oddPermutation(order: readonly number[]): boolean {
  const seen = new Set<number>();
  let odd = false;
  for (let start = 0; start < order.length; start++) {
    for (let i = start, length = 0; !seen.has(i); i = order[i] ?? 0, length++) {
      seen.add(i);
      if (length > 0) odd = !odd;
    }
  }
  return odd;
}
