import { linearLayer } from "../linear-map.ts";
import { luMap } from "../lu-map.ts";
import type { MixingBuilder } from "./mixing-builder.ts";

/** A learned linear map that starts at a random rotation. It has a log-determinant. */
export const lu: MixingBuilder = (dim, store, rng) =>
  linearLayer("lu", luMap(dim, store, rng), dim);
