import type { Store } from "../../engine/index.ts";
import type { Rng } from "../../math/rng.ts";
import type { Layer } from "../layer.ts";

/** Makes the map of `dim` coordinates that stands between couplings, its arrays in `store`; undefined for no map. */
export type MixingBuilder = (dim: number, store: Store, rng: Rng) => Layer | undefined;
