import { permutationMatrix } from "../../math/permutation-matrix.ts";
import { constantMap } from "./constant-map.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/** The coordinates in reverse order: halves change places, and no randomness is needed. */
export const reverse: MixingBuilder = (dim, store) => {
  const order = Array.from({ length: dim }, (_, i) => dim - 1 - i);
  return constantMap("reverse", permutationMatrix(order), dim, store);
};
