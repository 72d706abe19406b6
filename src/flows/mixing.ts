import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { wordTable } from "../word-table.ts";
import type { Layer } from "./layer.ts";
import { cayley } from "./mixings/cayley.ts";
import { householder } from "./mixings/householder.ts";
import { lu } from "./mixings/lu.ts";
import type { MixingBuilder } from "./mixings/mixing-builder.ts";
import { permutation } from "./mixings/permutation.ts";
import { reverse } from "./mixings/reverse.ts";
import { rotation } from "./mixings/rotation.ts";

/** What may stand between couplings, by the word that options use. `none` shows the failure: the skipped half never changes. */
export const mixings = wordTable<MixingBuilder>("mixing", {
  rotation,
  permutation,
  reverse,
  householder,
  cayley,
  lu,
  none: () => undefined,
});

export type Mixing = string;
export const MIXINGS: readonly Mixing[] = mixings.words;

/** The map of `dim` coordinates of that name, its arrays in `store`; nothing for "none". */
export const mixing = (kind: Mixing, dim: number, store: Store, rng: Rng): Layer | undefined =>
  mixings.get(kind)(dim, store, rng);
