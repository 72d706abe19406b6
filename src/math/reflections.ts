import { slogdet } from "./slogdet.ts";

/**
 * Vectors v₁ … v_D with Q = H₁ H₂ … H_D, H_k = I − 2 v_k v_kᵀ / ‖v_k‖²: Householder's triangularisation, which takes an
 * orthonormal matrix to the identity. They are the columns of the result, row-major [dim, dim]; v_k is 0 above row k.
 *
 * @throws where det Q is not (−1)^D: a product of D reflections has no other
 */
export function reflections(orthonormal: Float64Array, dim: number): Float64Array {
  const expected = dim % 2 === 0 ? 1 : -1;
  const { sign } = slogdet(orthonormal, dim);
  if (sign !== expected)
    throw new Error(
      `reflections: expected a determinant of ${expected} at D = ${dim}, got ${sign}.`,
    );
  const rest = Float64Array.from(orthonormal);
  const vectors = new Float64Array(dim * dim);
  for (let k = 0; k < dim; k++) {
    const v = reflectionTo(rest, dim, k);
    v.forEach((value, i) => (vectors[i * dim + k] = value));
    reflect(rest, dim, v);
  }
  return vectors;
}

/** v such that H maps column k, of norm 1 and zero above row k, to the unit vector e_k. */
function reflectionTo(matrix: Float64Array, dim: number, k: number): Float64Array {
  const v = Float64Array.from({ length: dim }, (_, i) => (i < k ? 0 : (matrix[i * dim + k] ?? 0)));
  const pivot = v[k] ?? 0;
  // v = x − e_k; where the difference would cancel, from 1 − x_k² = the squared norm of what stands below.
  const below = v.reduce((sum, value, i) => (i > k ? sum + value * value : sum), 0);
  v[k] = pivot > 0 ? -below / (1 + pivot) : pivot - 1;
  return v;
}

/** Replaces A by H A. */
function reflect(matrix: Float64Array, dim: number, v: Float64Array): void {
  const square = v.reduce((sum, value) => sum + value * value, 0);
  for (let column = 0; column < dim; column++) {
    let product = 0;
    v.forEach((value, i) => (product += value * (matrix[i * dim + column] ?? 0)));
    const scale = (2 * product) / square;
    v.forEach((value, i) => {
      matrix[i * dim + column] = (matrix[i * dim + column] ?? 0) - scale * value;
    });
  }
}
