import { integer, positive } from "../options.ts";
import { defineDataset } from "./dataset.ts";
import { simulatorDataset, simulatorOutline, type Simulator } from "./simulator.ts";
import { closedForm, syntheticOptions } from "./synthetic.ts";

/** ln N(x; mean, variance) summed over the entries of one row. */
const logNormal = (squares: number, dim: number, variance: number): number =>
  -0.5 * (dim * Math.log(2 * Math.PI * variance) + squares / variance);

/**
 * θ ~ N(0, v I), x|θ ~ N(θ, s I). The posterior is N(x v/(v + s), v s/(v + s) I): with v = s half of x, and half of
 * the variance.
 *
 * @param prior variance v
 * @param noise variance s
 */
export function gaussianLinear(dim: number, prior: number, noise: number): Simulator {
  const shrink = prior / (prior + noise);
  const posterior = shrink * noise;
  return {
    parameters: dim,
    outputs: dim,
    samplePrior: (count, rng) => rng.normals(count * dim).map((e) => Math.sqrt(prior) * e),
    simulate: (theta, count, rng) =>
      rng.normals(count * dim).map((e, k) => (theta[k] ?? NaN) + Math.sqrt(noise) * e),
    logPrior(theta, at) {
      let squares = 0;
      for (let j = 0; j < dim; j++) squares += (theta[at + j] ?? NaN) ** 2;
      return logNormal(squares, dim, prior);
    },
    priorEntropy: closedForm(0.5 * dim * Math.log(2 * Math.PI * Math.E * prior)),
    logPosterior: (theta, x, count) =>
      new Float64Array(count).map((_, i) => {
        let squares = 0;
        for (let k = i * dim; k < (i + 1) * dim; k++)
          squares += ((theta[k] ?? NaN) - shrink * (x[k] ?? NaN)) ** 2;
        return logNormal(squares, dim, posterior);
      }),
  };
}

const options = {
  ...syntheticOptions,
  dim: integer(10, "parameters, and as many outputs", { min: 1, max: 4096 }),
  priorVariance: positive(0.1, "variance of each parameter's Gaussian prior"),
  noiseVariance: positive(0.1, "variance of the simulator's Gaussian noise"),
};

export const sbiGaussianLinearDataset = defineDataset({
  name: "sbi-gaussian-linear",
  summary:
    "parameters with a Gaussian prior, seen with Gaussian noise (x1, x2, …); exact posterior",
  source: "Lueckmann et al. 2021 (sbibm), arXiv:2101.04653, task Gaussian Linear",
  options,
  load: ({ options: chosen, rng }) =>
    Promise.resolve(
      simulatorDataset(
        "sbi-gaussian-linear",
        gaussianLinear(chosen.dim, chosen.priorVariance, chosen.noiseVariance),
        chosen,
        rng,
      ),
    ),
  outline: (chosen) => simulatorOutline({ parameters: chosen.dim, outputs: chosen.dim }, chosen),
});
