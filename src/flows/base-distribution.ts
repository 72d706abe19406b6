import type { Base } from "../distributions/base.ts";
import { standardNormal } from "../distributions/standard-normal.ts";
import type { Store } from "../engine/index.ts";
import { oneOf, type OptionValues } from "../options.ts";

/** The options of every flow family about its base distribution. */
export const baseOptions = {
  base: oneOf(["normal"], "normal", "density at the latent end"),
};

type BaseOptions = OptionValues<typeof baseOptions>;
type Builder = (dim: number, store: Store, options: BaseOptions) => Base;

/** Base distributions by the word that options use. */
const BASES: Readonly<Record<BaseOptions["base"], Builder>> = {
  normal: (dim) => standardNormal(dim),
};

/** The base distribution that the options ask for; its parameters, if it has any, are slots of the store. */
export const baseDistribution = (options: BaseOptions, dim: number, store: Store): Base =>
  BASES[options.base](dim, store, options);
