import { LuDecomposition, Matrix } from "ml-matrix";

import { toMatrix } from "./matrix.ts";

/** Largest sum of absolute values in a row of the inverse of a row-major matrix [dim, dim]; Infinity where it is singular. */
export function inverseNorm(matrix: Float64Array, dim: number): number {
  const lu = new LuDecomposition(toMatrix(matrix, dim));
  if (lu.isSingular()) return Infinity;
  const inverse = lu.solve(Matrix.eye(dim));
  return Math.max(
    ...inverse.to2DArray().map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)),
  );
}
