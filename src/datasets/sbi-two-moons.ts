import { gaussLegendre } from "../math/gauss-legendre.ts";
import { normalCdf } from "../math/normal-cdf.ts";
import { defineDataset } from "./dataset.ts";
import { simulatorDataset, simulatorOutline, type Simulator } from "./simulator.ts";
import { closedForm, syntheticOptions } from "./synthetic.ts";

/** Radius of the moon, its deviation, and the moon's shift along the first axis. */
const RADIUS = 0.1;
const WIDTH = 0.01;
const SHIFT = 0.25;
/** The prior is uniform on [−1, 1]², which is |a| + |b| ≤ √2 in the turned coordinates below. */
const HALF = 1;
/** The radius is within 8 deviations of its mean, up to 1e-15 of its mass. */
const REACH = RADIUS + 8 * WIDTH;

/**
 * ln p(v) of the noise v = (r cos α, r sin α), α ~ U(−π/2, π/2), r ~ N(0.1, 0.01²): N(r) / (π r) in the right half of
 * the plane. A negative radius has probability 1e-23 and is left out.
 */
function logNoise(v1: number, v2: number): number {
  if (v1 < 0) return -Infinity;
  const r = Math.hypot(v1, v2);
  const e = (r - RADIUS) / WIDTH;
  return -0.5 * e * e - Math.log(Math.sqrt(2 * Math.PI) * WIDTH * Math.PI * r);
}

const { nodes: ANGLES, weights: ANGLE_WEIGHTS } = gaussLegendre(-Math.PI / 2, Math.PI / 2, 64);

/**
 * ln of the mass of the moon whose points lie inside the prior's square, for one x. With a = (θ₁ + θ₂)/√2 and
 * b = (θ₂ − θ₁)/√2 the simulator is x = v + (¼ − |a|, b), so that the points of the right moon (a ≥ 0) are
 * a = v₁ + ¼ − x₁ and b = x₂ − v₂. At an angle α the conditions a ≥ 0 and a ± b ≤ √2 bound r on either side, and its
 * mass between the bounds is a difference of two Φ; over the angles by Gauss–Legendre.
 */
function logMassInside(x1: number, x2: number): number {
  const room = Math.SQRT2 * HALF - SHIFT + x1;
  const wide = Math.SQRT2 * REACH;
  if (SHIFT - x1 >= 0 && room - Math.abs(x2) >= wide) return 0;
  let mass = 0;
  ANGLES.forEach((angle, i) => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let low = Math.max(0, (x1 - SHIFT) / cos);
    let high = Infinity;
    // r · slope ≤ limit
    for (const [slope, limit] of [
      [cos - sin, room - x2],
      [cos + sin, room + x2],
    ] as const) {
      if (slope > 0) high = Math.min(high, limit / slope);
      else if (slope < 0) low = Math.max(low, limit / slope);
    }
    const part = normalCdf((high - RADIUS) / WIDTH) - normalCdf((low - RADIUS) / WIDTH);
    mass += Math.max(0, part) * (ANGLE_WEIGHTS[i] ?? 0);
  });
  return Math.log(mass / Math.PI);
}

/**
 * Two moons: θ ~ U([−1, 1]²), x = (r cos α + ¼ − |θ₁ + θ₂|/√2, r sin α + (θ₂ − θ₁)/√2) with α ~ U(−π/2, π/2) and
 * r ~ N(0.1, 0.01²). θ and −(θ₂, θ₁) give the same x, so the posterior is a pair of crescents. (a, b) is a rotation of
 * θ, so that p(θ|x) is the noise's density at v(θ, x), divided by the mass that lies inside the square: twice that of
 * one moon, since the prior's square is symmetric under a → −a.
 */
export const sbiTwoMoons: Simulator = {
  parameters: 2,
  outputs: 2,
  samplePrior: (count, rng) => rng.uniforms(2 * count).map((u) => HALF * (2 * u - 1)),
  simulate(theta, count, rng) {
    const angles = rng.uniforms(count);
    const normals = rng.normals(count);
    const x = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      const [first = NaN, second = NaN] = theta.subarray(2 * i, 2 * i + 2);
      const angle = Math.PI * ((angles[i] ?? NaN) - 0.5);
      const r = RADIUS + WIDTH * (normals[i] ?? NaN);
      x[2 * i] = r * Math.cos(angle) + SHIFT - Math.abs(first + second) / Math.SQRT2;
      x[2 * i + 1] = r * Math.sin(angle) + (second - first) / Math.SQRT2;
    }
    return x;
  },
  logPrior: (theta, at) =>
    Math.abs(theta[at] ?? NaN) <= HALF && Math.abs(theta[at + 1] ?? NaN) <= HALF
      ? -2 * Math.log(2 * HALF)
      : -Infinity,
  priorEntropy: closedForm(2 * Math.log(2 * HALF)),
  logPosterior: (theta, x, count) => {
    // Many θ for one x come one after the other.
    let known = { x1: NaN, x2: NaN, logMass: NaN };
    return new Float64Array(count).map((_, i) => {
      const [first = NaN, second = NaN] = theta.subarray(2 * i, 2 * i + 2);
      const [x1 = NaN, x2 = NaN] = x.subarray(2 * i, 2 * i + 2);
      if (Math.abs(first) > HALF || Math.abs(second) > HALF) return -Infinity;
      if (x1 !== known.x1 || x2 !== known.x2) known = { x1, x2, logMass: logMassInside(x1, x2) };
      const v1 = x1 - SHIFT + Math.abs(first + second) / Math.SQRT2;
      const v2 = x2 - (second - first) / Math.SQRT2;
      return logNoise(v1, v2) - Math.LN2 - known.logMass;
    });
  },
};

export const sbiTwoMoonsDataset = defineDataset({
  name: "sbi-two-moons",
  summary: "2 parameters with a uniform prior, seen through a crescent (x1, x2); exact posterior",
  source: "Lueckmann et al. 2021 (sbibm), arXiv:2101.04653, task Two Moons",
  options: syntheticOptions,
  load: ({ options: chosen, rng }) =>
    Promise.resolve(simulatorDataset("sbi-two-moons", sbiTwoMoons, chosen, rng)),
  outline: (chosen) => simulatorOutline(sbiTwoMoons, chosen),
});
