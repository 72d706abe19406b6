/** Row-major [n, n] matrix P with (P x)[i] = x[order[i]]; its inverse is its transpose. */
export function permutationMatrix(order: ArrayLike<number>): Float64Array {
  const n = order.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + (order[i] ?? 0)] = 1;
  return matrix;
}
