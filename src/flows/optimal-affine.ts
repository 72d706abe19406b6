import { standardNormal } from "../distributions/standard-normal.ts";
import { createStore } from "../engine/index.ts";
import { cholesky } from "../math/cholesky.ts";
import { columnMeans, covariance } from "../math/moments.ts";
import { defineFamily, ModelError } from "../model.ts";
import { rowDimension } from "../nn/row-dimension.ts";
import { either, flag, integer, oneOf } from "../options.ts";
import { affineMap } from "./affine-map.ts";
import { flowModel } from "./flow-model.ts";
import { gaussianDecay } from "./whitening/gaussian-decay.ts";
import { mixingMatrix, WHITENING_MIXINGS } from "./whitening/mixing-matrices.ts";
import { optimalMap } from "./whitening/optimal-map.ts";

/** How many of D coordinates a layer moves. Throws ModelError where none would stay. */
function activeAt(asked: number | string, dim: number): number {
  const active = typeof asked === "number" ? asked : Math.ceil(dim / (asked === "half" ? 2 : 4));
  if (active >= dim)
    throw new ModelError(
      `optimal-affine: expected active in 1..${dim - 1} at D = ${dim}, got ${active}; one coordinate at least must stay.`,
    );
  return active;
}

/**
 * Affine coupling layers, each in closed form the best one for Gaussian data given those before it, with a mixing in front of each
 * (Draxler, Schnörr & Köthe 2022, "Whitening convergence rate of coupling-based normalizing flows"). On other data it learns their mean and
 * covariance and no more: a layer of constant scales and linear shifts cannot touch the non-Gaussianity.
 *
 * Fitted in float64 to the mean and the maximum-likelihood covariance of the training rows. On Gaussian data of known covariance the table of
 * layers is exact, with errors over `repeats` draws of the mixings.
 */
export const optimalAffine = defineFamily({
  name: "optimal-affine",
  summary:
    "affine couplings in closed form, each the best for Gaussian data: how fast a layer whitens",
  paper: "Draxler, Schnörr & Köthe (2022), arXiv:2210.14032",
  options: {
    layers: integer(32, "coupling layers", { min: 1, max: 1000 }),
    active: either(
      oneOf(
        ["half", "quarter"],
        "half",
        "coordinates that a layer moves, 1 to D − 1; half: ⌈D/2⌉, quarter: ⌈D/4⌉",
      ),
      integer(1, "coordinates that a layer moves", { min: 1, max: 1e6 }),
    ),
    mixing: oneOf(
      WHITENING_MIXINGS,
      "rotation",
      "what stands in front of each layer: Haar rotations, permutations, the reversed order, reflections of random directions, nothing",
    ),
    passiveRescale: flag(
      true,
      "whether a layer scales the coordinates that it does not move to unit variance, too",
    ),
    repeats: integer(
      64,
      "on Gaussian data: draws of all mixings that the table of layers is over",
      {
        min: 2,
        max: 100_000,
      },
    ),
  },
  supports: { tabular: true, image: false, conditional: false, minDim: 2 },
  checkShape({ active }, shape) {
    activeAt(active, rowDimension("optimal-affine", shape, 2));
  },
  build({ options, shape, rng }) {
    const { layers: count, mixing, passiveRescale, repeats } = options;
    const dim = rowDimension("optimal-affine", shape, 2);
    const active = activeAt(options.active, dim);
    const size = { dim, active, passiveRescale };
    const store = createStore();
    const identity = Float64Array.from({ length: dim * dim }, (_, k) => +(k % (dim + 1) === 0));
    const layers = Array.from({ length: count }, (_, i) => {
      const scope = store.scope(`layer-${i + 1}`);
      return {
        mean: scope.variable("mean", [1, dim], new Float64Array(dim)),
        forward: scope.variable("matrix", [dim, dim], identity),
        backward: scope.state("inverse", [dim, dim], identity),
        volume: scope.state("log-det", [1, 1], [0]),
      };
    });
    const draws = rng.fork("mixings");
    return {
      ...flowModel({
        store,
        layers: layers.map(({ mean, ...slots }) =>
          affineMap("optimal-affine", dim, { ...slots, centre: () => mean.read() }),
        ),
        base: standardNormal(dim),
      }),
      fit(rows) {
        const centre = columnMeans(rows);
        let sigma = covariance(rows, centre);
        assertRegular(sigma, dim, rows.count);
        const own = draws.fork("own");
        for (const [i, slots] of layers.entries()) {
          const map = optimalMap(sigma, size, mixingMatrix(mixing, dim, own));
          if (i === 0) slots.mean.values = centre;
          slots.forward.values = map.forward;
          slots.backward.values = map.backward;
          slots.volume.values = Float64Array.of(-map.logDet);
          sigma = map.sigma;
        }
      },
      layersOnGaussian: ({ mean, covariance: sigma }) =>
        gaussianDecay({
          ...{ sigma, shape: size, layers: count, mixing, repeats, rng: draws },
          ofMean: mean.reduce((sum, m) => sum + m * m, 0) / 2,
        }),
    };
  },
});

/** What no layer could scale is the user's rows. */
function assertRegular(sigma: Float64Array, dim: number, count: number): void {
  try {
    cholesky(sigma, dim, `optimal-affine: covariance of the ${count} training rows`);
  } catch (error) {
    throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
