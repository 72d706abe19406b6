import { gaussLegendre } from "../math/gauss-legendre.ts";
import { real } from "../options.ts";
import { defineDataset } from "./dataset.ts";
import { gridEntropy } from "./grid-entropy.ts";
import { isotropicMixtureLogDensity } from "./isotropic-mixture.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

/** The lower moon is the upper one turned by half a turn about (½, ¼). */
const LOWER_X = 1;
const LOWER_Y = 0.5;

/** Half the plane suffices, since p is symmetric under that turn; tails beyond 8 sd hold 1e-14 of the mass. */
function entropy(logDensity: Distribution["logDensity"], sd: number) {
  const reach = 8 * sd;
  const step = sd / 2;
  const nearArc = (x: number, y: number): boolean =>
    Math.abs(Math.hypot(x, y) - 1) < reach ||
    Math.abs(Math.hypot(x - LOWER_X, y - LOWER_Y) - 1) < reach;
  // Lines at ±step/2, ±3step/2, … about x = ½, so that the mirror half is a set of grid points as well.
  const half = gridEntropy(
    logDensity,
    { from: [0.5 + step / 2, -0.5 - reach], to: [2 + reach, 1 + reach] },
    step,
    nearArc,
  );
  return { ...half, value: 2 * half.value };
}

/**
 * Two half circles of radius 1, (cos t, sin t) and (1 − cos t, ½ − sin t) with t uniform on [0, π], each with
 * probability ½, plus N(0, noise² I): scikit-learn's make_moons with random instead of evenly spaced t.
 */
export function twoMoons(noise: number): Distribution {
  const panels = Math.ceil(Math.PI / (2 * noise));
  const { nodes, weights } = gaussLegendre(0, Math.PI, panels);
  const upper = Array.from(nodes, (t) => [Math.cos(t), Math.sin(t)] as const);
  const lower = upper.map(([x, y]) => [LOWER_X - x, LOWER_Y - y] as const);
  const half = Array.from(weights, (weight) => weight / (2 * Math.PI));
  const logDensity = isotropicMixtureLogDensity({
    dim: 2,
    centres: Float64Array.from([...upper, ...lower].flat()),
    weights: Float64Array.from([...half, ...half]),
    sd: noise,
  });
  return {
    dim: 2,
    logDensity,
    entropy: entropy(logDensity, noise),
    sample(count, rng) {
      const lowerMoon = rng.integers(count, 2);
      const angles = rng.uniforms(count);
      return rng.normals(2 * count).map((e, k) => {
        const i = k >> 1;
        const angle = Math.PI * (angles[i] ?? 0);
        const onArc = k % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
        const offset = k % 2 === 0 ? LOWER_X : LOWER_Y;
        return (lowerMoon[i] === 1 ? offset - onArc : onArc) + noise * e;
      });
    },
  };
}

const options = {
  ...syntheticOptions,
  noise: real(0.1, "standard deviation of the Gaussian noise", { min: 0.01 }),
};

export const twoMoonsDataset = defineDataset({
  name: "two-moons",
  summary: "two interleaved half circles with Gaussian noise, 2-D",
  source: "scikit-learn make_moons, its scale",
  options,
  load: ({ options: chosen, rng }) =>
    Promise.resolve(syntheticDataset("two-moons", twoMoons(chosen.noise), chosen, rng)),
  outline: (options) => syntheticOutline(2, options),
});
