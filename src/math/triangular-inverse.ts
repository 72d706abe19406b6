/** L⁻¹ of a lower triangular matrix, row-major [dim, dim], by forward substitution column by column. */
export function triangularInverse(lower: Float64Array, dim: number): Float64Array {
  const inverse = new Float64Array(dim * dim);
  const entry = (from: Float64Array, i: number, j: number): number => from[i * dim + j] ?? 0;
  for (let column = 0; column < dim; column++)
    for (let i = column; i < dim; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = column; k < i; k++) sum -= entry(lower, i, k) * entry(inverse, k, column);
      inverse[i * dim + column] = sum / entry(lower, i, i);
    }
  return inverse;
}
