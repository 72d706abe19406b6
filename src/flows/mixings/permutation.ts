import { permutationMatrix } from "../../math/permutation-matrix.ts";
import type { Rng } from "../../math/rng.ts";
import { halves } from "../split.ts";
import { constantMap } from "./constant-map.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/**
 * A fixed random order of the coordinates. As a matrix Q: products with 0 and 1 are exact, and the gradient is a product
 * again, not a scatter.
 */
export const permutation: MixingBuilder = (dim, store, rng) =>
  constantMap("permutation", mixingPermutation(dim, rng), dim, store);

/**
 * The permutation as a matrix, row-major [dim, dim]. Drawn uniformly among those that bring an active coordinate into the
 * skipped part: another one mixes nothing, and at D = 2 that would be every second draw.
 */
export function mixingPermutation(dim: number, rng: Rng): Float64Array {
  const { skipped } = halves(dim);
  for (let attempt = 0; ; attempt++) {
    // z = x Q moves column i of x to column order[i] of z.
    const order = rng.fork(attempt).permutation(dim);
    if (order.subarray(skipped).some((target) => target < skipped)) return permutationMatrix(order);
  }
}
