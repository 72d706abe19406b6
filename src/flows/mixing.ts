import { tf, type Slot, type Store } from "../engine/index.ts";
import { haarRotation } from "../math/haar-rotation.ts";
import { permutationMatrix } from "../math/permutation-matrix.ts";
import type { Rng } from "../math/rng.ts";
import { expectRows, type Layer } from "./layer.ts";
import { halves } from "./split.ts";

/** What stands between couplings. `none` is there to show the failure: the skipped half then never changes. */
export const MIXINGS = ["rotation", "permutation", "none"] as const;
export type Mixing = (typeof MIXINGS)[number];

/**
 * A fixed orthonormal map of the coordinates, z = x Q, log-det 0. The matrix is a constant of the store: saved with the
 * model, not trained. `none` gives no layer.
 */
export function mixing(kind: Mixing, dim: number, store: Store, rng: Rng): Layer | undefined {
  if (kind === "none") return undefined;
  const matrix = kind === "rotation" ? haarRotation(dim, rng) : mixingPermutation(dim, rng);
  return orthonormal(store.constant("matrix", [dim, dim], matrix), dim);
}

/** z = x Q and x = z Qᵀ for a constant Q with QᵀQ = I. */
export function orthonormal(matrix: Slot, dim: number): Layer {
  return {
    preservesVolume: true,
    encode(x) {
      expectRows("mixing.encode", x, dim);
      return { z: tf.matMul(x, matrix.read()), logDet: tf.zeros([x.shape[0]]) };
    },
    decode(z) {
      expectRows("mixing.decode", z, dim);
      return { x: tf.matMul(z, matrix.read(), false, true), logDet: tf.zeros([z.shape[0]]) };
    },
  };
}

/**
 * A random permutation as a matrix Q: products with 0 and 1 are exact, and the gradient is a product again, not a
 * scatter. Drawn uniformly among those that bring an active coordinate into the skipped part: another one mixes
 * nothing, and at D = 2 that would be every second draw.
 */
export function mixingPermutation(dim: number, rng: Rng): Float64Array {
  const { skipped } = halves(dim);
  for (let attempt = 0; ; attempt++) {
    // z = x Q moves column i of x to column order[i] of z.
    const order = rng.fork(attempt).permutation(dim);
    if (order.subarray(skipped).some((target) => target < skipped)) return permutationMatrix(order);
  }
}
