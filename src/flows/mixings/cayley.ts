import { tf, type Tensor } from "../../engine/index.ts";
import { haarRotation } from "../../math/haar-rotation.ts";
import { linearLayer } from "../linear-map.ts";
import { cayleyTransform } from "./cayley-transform.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/**
 * A learned orthonormal map, Q = Q₀ (I − A)(I + A)⁻¹ with A = B − Bᵀ of the variable B, and a fixed Haar-random Q₀. It
 * starts at Q₀ (B = 0) and reaches every matrix of Q₀'s determinant but those that turn a plane by exactly 180° from it.
 */
export const cayley: MixingBuilder = (dim, store, rng) => {
  const start = store.constant("start", [dim, dim], haarRotation(dim, rng));
  const skew = store.variable("skew", [dim, dim], new Float64Array(dim * dim));
  const matrix = (): Tensor => {
    const b = skew.read();
    return tf.matMul(start.read(), cayleyTransform(tf.sub(b, tf.transpose(b))));
  };
  return linearLayer("cayley", { matrix, inverse: () => tf.transpose(matrix()) }, dim);
};
