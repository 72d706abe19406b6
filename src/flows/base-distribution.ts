import type { Base } from "../distributions/base.ts";
import { gaussianMixture } from "../distributions/gaussian-mixture.ts";
import { logisticCube } from "../distributions/logistic-cube.ts";
import { standardNormal } from "../distributions/standard-normal.ts";
import { studentT } from "../distributions/student-t.ts";
import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { flag, integer, oneOf, real, type OptionValues } from "../options.ts";
import { wordTable } from "../word-table.ts";

/** Options that some bases have, beside their name. */
const parameters = {
  // Below 0.5 draws overflow float32 too often.
  degrees: real(5, "base student-t: degrees of freedom, or where they start", { min: 0.5 }),
  learnDegrees: flag(false, "base student-t: learn the degrees of freedom of each dimension"),
  components: integer(8, "base mixture: number of normals, with learned means and deviations", {
    min: 2,
    max: 1000,
  }),
};

/** Makes a base of `dim` columns, its arrays in `store`. */
export type BaseBuilder = (
  dim: number,
  store: Store,
  options: OptionValues<typeof parameters>,
  rng: Rng,
) => Base;

/** Base distributions by the word that options use. */
export const bases = wordTable<BaseBuilder>("base", {
  normal: (dim) => standardNormal(dim),
  "student-t": (dim, store, { degrees, learnDegrees }) =>
    studentT(dim, store, { degrees, learn: learnDegrees }),
  mixture: (dim, store, { components }, rng) => gaussianMixture(dim, components, store, rng),
  uniform: (dim) => logisticCube(dim),
});
export const BASES: readonly string[] = bases.words;

/** The options of every flow family about its base distribution. */
export const baseOptions = {
  base: oneOf(
    BASES,
    "normal",
    "density at the latent end; uniform is the unit cube behind a logistic squash",
  ),
  ...parameters,
};

type BaseOptions = OptionValues<typeof baseOptions>;

/** The base distribution that the options ask for; its parameters, if it has any, are slots of the store. */
export const baseDistribution = (options: BaseOptions, dim: number, store: Store, rng: Rng): Base =>
  bases.get(options.base)(dim, store, options, rng);
