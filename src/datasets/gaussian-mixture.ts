import { createRng } from "../math/rng.ts";
import { mean, standardError } from "../math/statistics.ts";
import { integer, positive } from "../options.ts";
import { defineDataset } from "./dataset.ts";
import type { Entropy } from "./dataset.ts";
import { isotropicMixtureLogDensity } from "./isotropic-mixture.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

/** Multiplications that the entropy may take, some 0.1 s. */
const BUDGET = 2e7;
const FEWEST_DRAWS = 10_000;
const MOST_DRAWS = 200_000;

/**
 * Equally likely Gaussians of one standard deviation.
 *
 * @param centres [K, dim], row-major
 */
export function gaussianMixture(centres: Float64Array, dim: number, sd: number): Distribution {
  const components = centres.length / dim;
  const weights = new Float64Array(components).fill(1 / components);
  const logDensity = isotropicMixtureLogDensity({ dim, centres, weights, sd });
  return {
    dim,
    logDensity,
    entropy: mixtureEntropy(centres, dim, sd, logDensity),
    sample(count, rng) {
      const component = rng.integers(count, components);
      return rng.normals(count * dim).map((e, k) => {
        const which = component[Math.floor(k / dim)] ?? 0;
        return (centres[which * dim + (k % dim)] ?? 0) + sd * e;
      });
    },
  };
}

/**
 * Entropy of the mixture: that of a component, ½ dim ln 2πe sd², plus ln K, less what the overlap takes, which is the
 * mean of ln(p(x) K / N(x; own component)) and small where components are apart. Only this is left to Monte Carlo, with
 * a fixed seed and each component drawn equally often.
 */
function mixtureEntropy(
  centres: Float64Array,
  dim: number,
  sd: number,
  logDensity: Distribution["logDensity"],
): Entropy {
  const components = centres.length / dim;
  const apart = 0.5 * dim * Math.log(2 * Math.PI * Math.E * sd * sd) + Math.log(components);
  if (components === 1) return { value: apart, stderr: 0, method: "closed form" };
  const draws = Math.min(
    MOST_DRAWS,
    Math.max(FEWEST_DRAWS, Math.round(BUDGET / (components * dim))),
  );
  const rng = createRng("entropy of the Gaussian mixture");
  const point = new Float64Array(dim);
  const constant = Math.log(components) + 0.5 * dim * Math.log(2 * Math.PI * sd * sd);
  const overlaps = new Float64Array(draws).map((_, i) => {
    const normals = rng.normals(dim);
    const start = (i % components) * dim;
    let squares = 0;
    for (let j = 0; j < dim; j++) {
      const e = normals[j] ?? 0;
      point[j] = (centres[start + j] ?? 0) + sd * e;
      squares += e * e;
    }
    return logDensity(point, 0) + constant + 0.5 * squares;
  });
  const method = `Monte Carlo, n = ${draws}`;
  return { value: apart - mean(overlaps), stderr: standardError(overlaps), method };
}

const options = {
  ...syntheticOptions,
  dim: integer(2, "dimensions", { min: 1, max: 4096 }),
  components: integer(5, "Gaussians, equally likely", { min: 1, max: 65_536 }),
  spread: positive(4, "standard deviation of each coordinate of the centres"),
  noise: positive(1, "standard deviation of each Gaussian"),
  distributionSeed: integer(0, "seed of the centres: the same in all replicates"),
};

export const gaussianMixtureDataset = defineDataset({
  name: "gaussian-mixture",
  summary: "equally likely isotropic Gaussians with random centres, any dimension",
  source: "equal weights, one variance, centres from a Gaussian",
  options,
  load({ options: chosen, rng }) {
    const { dim, components, spread, noise, distributionSeed } = chosen;
    const fixed = createRng(distributionSeed).fork("gaussian-mixture");
    const centres = fixed.normals(components * dim).map((e) => spread * e);
    const distribution = gaussianMixture(centres, dim, noise);
    return Promise.resolve(syntheticDataset("gaussian-mixture", distribution, chosen, rng));
  },
  outline: (options) => syntheticOutline(options.dim, options),
});
