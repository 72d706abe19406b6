import { Matrix } from "ml-matrix";

/** Matrices are passed as row-major Float64Arrays of dim · dim entries; ml-matrix computes inside this folder only. */
export function toMatrix(values: Float64Array, rows: number, columns = rows): Matrix {
  if (values.length !== rows * columns)
    throw new Error(
      `matrix: expected ${rows} × ${columns} = ${rows * columns} values, got ${values.length}.`,
    );
  return Matrix.from1DArray(rows, columns, Array.from(values));
}

export const fromMatrix = (matrix: Matrix): Float64Array => Float64Array.from(matrix.to1DArray());
