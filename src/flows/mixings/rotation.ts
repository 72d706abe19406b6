import { haarRotation } from "../../math/haar-rotation.ts";
import { constantMap } from "./constant-map.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/** A fixed orthonormal matrix from the Haar measure, the lecture's choice. Half of the draws are reflections. */
export const rotation: MixingBuilder = (dim, store, rng) =>
  constantMap("rotation", haarRotation(dim, rng), dim, store);
