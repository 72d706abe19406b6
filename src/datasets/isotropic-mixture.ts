/** Further below the largest term than this, a term is lost in round-off. */
const NEGLIGIBLE = 45;

/** A mixture of Gaussians of one variance, Σ_k w_k N(c_k, sd² I). */
export interface IsotropicMixture {
  readonly dim: number;
  /** [K, dim], row-major. */
  readonly centres: Float64Array;
  /** [K]; they add up to 1. */
  readonly weights: Float64Array;
  readonly sd: number;
}

/**
 * log p of rows under the mixture, nats: log-sum-exp over the components, which keeps its digits where all of them
 * underflow. Returns a function of many rows' values and the place where the meant row starts.
 */
export function isotropicMixtureLogDensity({ dim, centres, weights, sd }: IsotropicMixture) {
  const count = weights.length;
  const logWeights = weights.map(Math.log);
  const constant = -dim * (0.5 * Math.log(2 * Math.PI) + Math.log(sd));
  const precision = 1 / (2 * sd * sd);
  const terms = new Float64Array(count);
  return (x: Float64Array, at: number): number => {
    let largest = -Infinity;
    for (let k = 0; k < count; k++) {
      let squares = 0;
      for (let j = 0; j < dim; j++)
        squares += ((x[at + j] ?? 0) - (centres[k * dim + j] ?? 0)) ** 2;
      const term = (logWeights[k] ?? 0) - squares * precision;
      terms[k] = term;
      if (term > largest) largest = term;
    }
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const below = (terms[k] ?? 0) - largest;
      if (below > -NEGLIGIBLE) sum += Math.exp(below);
    }
    return constant + largest + Math.log(sum);
  };
}
