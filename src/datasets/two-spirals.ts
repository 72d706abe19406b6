import { gaussLegendre } from "../math/gauss-legendre.ts";
import { logSumExp } from "../math/statistics.ts";
import { real } from "../options.ts";
import { defineDataset } from "./dataset.ts";
import type { Entropy } from "./dataset.ts";
import { gridEntropy } from "./grid-entropy.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

/** Angle at the outer end: one and a half turns. */
const END = 3 * Math.PI;
/** Arms are shrunk by this, and with them the box of side ½. */
const SHRINK = 3;
const BOX = 0.5 / SHRINK;

/** A point of the first arm at angle t: (−t cos t, t sin t) / 3; the box lies to its right and above. */
const arm = (t: number): readonly [number, number] => [
  (-t * Math.cos(t)) / SHRINK,
  (t * Math.sin(t)) / SHRINK,
];

/**
 * log p by quadrature along the arm. With the density 2t/END² of the angle and S the density of U[0, BOX) + N(0, s²),
 *
 *     p(x) = ½ Σ_± ∫ 2t/END² · S(±x₁ − arm₁(t)) · S(±x₂ − arm₂(t)) dt
 *
 * where S is itself a Gauss–Legendre sum of Gaussians. Per point only the stretch of arm counts that is near it.
 */
function spiralLogDensity(noise: number): Distribution["logDensity"] {
  const along = gaussLegendre(0, END, Math.ceil(END / noise));
  const points = Float64Array.from(Array.from(along.nodes, arm).flat());
  /** From node k >> 1 of the first arm (k even) or of the second one (k odd), in the first one's orientation. */
  const offset = (x: number, y: number, k: number): [number, number] => {
    const sign = 1 - 2 * (k & 1);
    return [sign * x - (points[k & ~1] ?? 0), sign * y - (points[k | 1] ?? 0)];
  };
  const logWeights = along.weights.map((w, k) => Math.log((w * (along.nodes[k] ?? 0)) / END ** 2));
  const box = gaussLegendre(0, BOX, Math.ceil(BOX / (2 * noise)));
  const precision = 1 / (2 * noise * noise);
  const constant = -2 * Math.log(BOX) - Math.log(2 * Math.PI * noise * noise);
  /** ln Σ_b w_b exp(−(d − u_b)² / 2s²); the nearest point of the box is taken out, so that tails do not underflow. */
  const logSmooth = (d: number): number => {
    const nearest = Math.max(-d, d - BOX, 0) ** 2;
    let sum = 0;
    for (let b = 0; b < box.nodes.length; b++)
      sum +=
        (box.weights[b] ?? 0) * Math.exp((nearest - (d - (box.nodes[b] ?? 0)) ** 2) * precision);
    return Math.log(sum) - nearest * precision;
  };
  const reach = 10 * noise + Math.SQRT2 * BOX;
  const distances = new Float64Array(points.length);
  return (values, at) => {
    const [x, y] = [values[at] ?? NaN, values[at + 1] ?? NaN];
    let closest = Infinity;
    for (let k = 0; k < distances.length; k++) {
      const [dx, dy] = offset(x, y, k);
      const distance = Math.sqrt((dx - BOX / 2) ** 2 + (dy - BOX / 2) ** 2);
      distances[k] = distance;
      if (distance < closest) closest = distance;
    }
    const terms: number[] = [];
    for (let k = 0; k < distances.length; k++) {
      if ((distances[k] ?? Infinity) > closest + reach) continue;
      const [dx, dy] = offset(x, y, k);
      terms.push((logWeights[k >> 1] ?? 0) + logSmooth(dx) + logSmooth(dy));
    }
    return constant + logSumExp(terms);
  };
}

const DEFAULT_NOISE = 0.1;

/** By `spiralEntropy(…, DEFAULT_NOISE)`, which takes 0.3 s; a test computes it again, and checks it by draws. */
const DEFAULT_ENTROPY: Entropy = { value: 2.64545028, stderr: 0, method: "quadrature" };

/** p is symmetric under a half turn, so half the plane counts twice. */
export function spiralEntropy(logDensity: Distribution["logDensity"], noise: number): Entropy {
  const reach = END / SHRINK + BOX + 8 * noise;
  const step = 0.7 * noise;
  const half = gridEntropy(logDensity, { from: [step / 2, -reach], to: [reach, reach] }, step);
  return { ...half, value: 2 * half.value };
}

/** Two arms of a spiral, one the other turned by half a turn, denser outside, with a box and Gaussian noise. */
export function twoSpirals(noise: number): Distribution {
  const logDensity = spiralLogDensity(noise);
  return {
    dim: 2,
    logDensity,
    entropy: noise === DEFAULT_NOISE ? DEFAULT_ENTROPY : spiralEntropy(logDensity, noise),
    sample(count, rng) {
      const signs = rng.integers(count, 2);
      const angles = rng.uniforms(count).map((u) => END * Math.sqrt(u));
      const offsets = rng.uniforms(2 * count);
      return rng.normals(2 * count).map((e, k) => {
        const onArm = arm(angles[k >> 1] ?? 0)[k % 2 === 0 ? 0 : 1];
        const sign = signs[k >> 1] === 0 ? 1 : -1;
        return sign * (onArm + BOX * (offsets[k] ?? 0)) + noise * e;
      });
    },
  };
}

export const twoSpiralsDataset = defineDataset({
  name: "two-spirals",
  summary: "two interleaved spiral arms with noise, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data",
  options: {
    ...syntheticOptions,
    noise: real(DEFAULT_NOISE, "standard deviation of the Gaussian noise", { min: 0.05 }),
  },
  load: ({ options, rng }) =>
    Promise.resolve(syntheticDataset("two-spirals", twoSpirals(options.noise), options, rng)),
  outline: (options) => syntheticOutline(2, options),
});
