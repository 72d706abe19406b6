import { identityMatrix, invertUnitTriangular, tf, type Tensor } from "../../engine/index.ts";
import { haarRotation } from "../../math/haar-rotation.ts";
import { reflections } from "../../math/reflections.ts";
import type { Rng } from "../../math/rng.ts";
import { slogdet } from "../../math/slogdet.ts";
import { linearLayer } from "../linear-map.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/** Keeps a vector of zeros, which reflects nothing, from giving NaN; below the square of any vector met in practice. */
const SMALLEST_SQUARE = 1e-30;

/**
 * A learned orthonormal map, Q = H₁ … H_D with H_k = I − 2 v_k v_kᵀ / ‖v_k‖² (Tomczak & Welling 2016, arXiv:1611.09630),
 * the v_k being the columns of the variable V. It starts at a Haar-random matrix. D reflections reach every orthonormal
 * matrix of determinant (−1)^D; the others differ from these by the sign of one coordinate.
 *
 * With V's columns of length 1 the product is I − 2 V (I + 2 triu(VᵀV))⁻¹ Vᵀ, triu without the diagonal (Joffrain, Low,
 * Quintana-Ortí, van de Geijn & Van Zee 2006): a few matrix products instead of a chain of D.
 */
export const householder: MixingBuilder = (dim, store, rng) => {
  const vectors = store.variable("vectors", [dim, dim], reflections(start(dim, rng), dim));
  const matrix = (): Tensor => {
    const raw = vectors.read();
    const square = tf.add(tf.sum(tf.square(raw), 0, true), SMALLEST_SQUARE);
    const v = tf.mul(raw, tf.rsqrt(square));
    const inverse = invertUnitTriangular(tf.mul(tf.matMul(v, v, true, false), 2), "upper");
    const twice = tf.mul(v, 2);
    return tf.sub(identityMatrix(dim), tf.matMul(tf.matMul(twice, inverse), v, false, true));
  };
  return linearLayer("householder", { matrix, inverse: () => tf.transpose(matrix()) }, dim);
};

/** Haar-random among the orthonormal matrices of determinant (−1)^D. */
function start(dim: number, rng: Rng): Float64Array {
  const matrix = haarRotation(dim, rng);
  const wanted = dim % 2 === 0 ? 1 : -1;
  if (slogdet(matrix, dim).sign === wanted) return matrix;
  return matrix.map((value, k) => (k % dim === 0 ? -value : value));
}
