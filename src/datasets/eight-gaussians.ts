import { positive } from "../options.ts";
import { defineDataset } from "./dataset.ts";
import { isotropicMixtureLogDensity } from "./isotropic-mixture.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

const COMPONENTS = 8;

/** Eight equally likely Gaussians of the given standard deviation, centred evenly on a circle, the first at (radius, 0). */
export function eightGaussians(radius: number, noise: number): Distribution {
  const centres = new Float64Array(2 * COMPONENTS).map((_, k) => {
    const angle = (2 * Math.PI * (k >> 1)) / COMPONENTS;
    return radius * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  const weights = new Float64Array(COMPONENTS).fill(1 / COMPONENTS);
  const logDensity = isotropicMixtureLogDensity({ dim: 2, centres, weights, sd: noise });
  // H = E[−ln p] may be taken over the first component alone, since the others are its rotations.
  const first = isotropicMixtureLogDensity({
    dim: 2,
    centres: centres.slice(0, 2),
    weights: Float64Array.of(1),
    sd: noise,
  });
  return {
    dim: 2,
    logDensity,
    entropy: crossEntropy(first, logDensity, radius, noise),
    sample(count, rng) {
      const component = rng.integers(count, COMPONENTS);
      return rng
        .normals(2 * count)
        .map((e, k) => (centres[2 * (component[k >> 1] ?? 0) + (k % 2)] ?? 0) + noise * e);
    },
  };
}

/** E[−ln p] over the component at (radius, 0), by the trapezoid rule, which converges like exp(−2π² sd² / step²). */
function crossEntropy(
  component: Distribution["logDensity"],
  logDensity: Distribution["logDensity"],
  radius: number,
  noise: number,
) {
  const point = new Float64Array(2);
  const step = noise / 4;
  let value = 0;
  for (let x = radius - 8 * noise; x <= radius + 8 * noise; x += step)
    for (let y = -8 * noise; y <= 8 * noise; y += step) {
      point[0] = x;
      point[1] = y;
      value -= Math.exp(component(point, 0)) * logDensity(point, 0) * step * step;
    }
  return { value, stderr: 0, method: "quadrature" };
}

const options = {
  ...syntheticOptions,
  radius: positive(4 / 1.414, "distance of the centres from the origin"),
  noise: positive(0.5 / 1.414, "standard deviation of each Gaussian"),
};

export const eightGaussiansDataset = defineDataset({
  name: "eight-gaussians",
  summary: "eight Gaussians on a circle, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data; it divides by 1.414, not √2",
  options,
  load: ({ options: chosen, rng }) =>
    Promise.resolve(
      syntheticDataset("eight-gaussians", eightGaussians(chosen.radius, chosen.noise), chosen, rng),
    ),
  outline: (options) => syntheticOutline(2, options),
});
