import { haarRotation } from "../../math/haar-rotation.ts";
import { orthonormalFrames } from "../../math/orthonormal-frames.ts";
import { permutationMatrix } from "../../math/permutation-matrix.ts";
import type { Rng } from "../../math/rng.ts";

/** What may stand in front of an optimal layer, by the word that options use. */
export const WHITENING_MIXINGS = [
  "rotation",
  "permutation",
  "reverse",
  "householder-random",
  "none",
] as const;
export type WhiteningMixing = (typeof WHITENING_MIXINGS)[number];

/**
 * An orthonormal matrix, row-major [D, D]; undefined for none. rotation: Haar; householder-random: one reflection
 * I − 2 v vᵀ of a random direction v.
 */
export function mixingMatrix(
  kind: WhiteningMixing,
  dim: number,
  rng: Rng,
): Float64Array | undefined {
  switch (kind) {
    case "rotation":
      return haarRotation(dim, rng);
    case "permutation":
      return permutationMatrix(rng.permutation(dim));
    case "reverse":
      return permutationMatrix(Array.from({ length: dim }, (_, i) => dim - 1 - i));
    case "householder-random": {
      const v = orthonormalFrames(1, [dim, 1], 1, rng);
      return Float64Array.from({ length: dim * dim }, (_, k) => {
        const [i, j] = [Math.floor(k / dim), k % dim];
        return +(i === j) - 2 * (v[i] ?? 0) * (v[j] ?? 0);
      });
    }
    case "none":
      return undefined;
  }
}
