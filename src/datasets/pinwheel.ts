import { logSumExp } from "../math/statistics.ts";
import { defineDataset } from "./dataset.ts";
import type { Entropy } from "./dataset.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
import type { Distribution } from "./synthetic.ts";

const ARMS = 5;
const RADIAL_SD = 0.3;
const TANGENTIAL_SD = 0.1;
const RATE = 0.25;
const SCALE = 2;

/** Angle by which a point of an arm with radial feature ρ is turned, clockwise. */
const turn = (armIndex: number, rho: number): number =>
  (2 * Math.PI * armIndex) / ARMS + RATE * Math.exp(rho);

/** Ten standard deviations of ρ; between its ends the arm winds twice, so there is always a root inside. */
const LARGEST_RHO = 4;
/** At the outer end a step turns by 0.27 rad; two roots within one step have |ρ, τ| beyond 5.9 sd. */
const STEP = 0.02;
const BISECTIONS = 45;

/** The zeros of f between −reach and reach that a scan in small steps finds. */
function roots(f: (x: number) => number, reach: number): number[] {
  const found: number[] = [];
  const intervals = Math.ceil((2 * reach) / STEP);
  let left = -reach;
  let positiveAtLeft = f(left) > 0;
  for (let k = 1; k <= intervals; k++) {
    const right = k === intervals ? reach : -reach + k * STEP;
    const positiveAtRight = f(right) > 0;
    if (positiveAtLeft !== positiveAtRight) {
      let [a, b] = [left, right];
      for (let i = 0; i < BISECTIONS; i++) {
        const middle = (a + b) / 2;
        if (f(middle) > 0 === positiveAtLeft) a = middle;
        else b = middle;
      }
      found.push((a + b) / 2);
    }
    left = right;
    positiveAtLeft = positiveAtRight;
  }
  return found;
}

/**
 * Features ρ ~ N(1, 0.3²), τ ~ N(0, 0.1²), as a complex number turned by −α(ρ) = −(2πk/5 + ¼ e^ρ), twice as large:
 * x = 2 (ρ + iτ) e^(−iα). That is not one-to-one, so p sums over the pre-images: with x/2 = r e^(iφ) these are the
 * ρ with ρ = r cos(φ + α(ρ)), τ = r sin(φ + α(ρ)), and |det| = 4 |1 + α′(ρ) τ|, α′ = ¼ e^ρ.
 */
export const pinwheel: Distribution = {
  dim: 2,
  // By `pinwheelEntropy()`, which takes 0.3 s; a test computes it at another step, and checks it by draws.
  entropy: { value: 2.317788, stderr: 0, method: "quadrature" },
  logDensity(values, at) {
    const [x, y] = [(values[at] ?? NaN) / SCALE, (values[at + 1] ?? NaN) / SCALE];
    const r = Math.hypot(x, y);
    const phi = Math.atan2(y, x);
    const terms: number[] = [];
    for (let k = 0; k < ARMS; k++) {
      // A hair beyond r, so that the root of a point with τ = 0 is not lost to round-off.
      const reach = Math.min(r * (1 + 1e-9) + 1e-12, LARGEST_RHO);
      for (const rho of roots((s) => s - r * Math.cos(phi + turn(k, s)), reach)) {
        const tau = r * Math.sin(phi + turn(k, rho));
        const squares = ((rho - 1) / RADIAL_SD) ** 2 + (tau / TANGENTIAL_SD) ** 2;
        const jacobian = Math.abs(1 + RATE * Math.exp(rho) * tau);
        terms.push(-0.5 * squares - Math.log(jacobian));
      }
    }
    const constant = 2 * Math.PI * RADIAL_SD * TANGENTIAL_SD * ARMS * SCALE ** 2;
    return logSumExp(terms) - Math.log(constant);
  },
  sample(count, rng) {
    const arms = rng.integers(count, ARMS);
    const normals = rng.normals(2 * count);
    return new Float64Array(2 * count).map((_, k) => {
      const i = k >> 1;
      const [x, y] = place(
        arms[i] ?? 0,
        1 + RADIAL_SD * (normals[2 * i] ?? 0),
        TANGENTIAL_SD * (normals[2 * i + 1] ?? 0),
      );
      return k % 2 === 0 ? x : y;
    });
  },
};

/** The point of an arm with features ρ, τ. */
function place(armIndex: number, rho: number, tau: number): [number, number] {
  const angle = turn(armIndex, rho);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [SCALE * (rho * c + tau * s), SCALE * (tau * c - rho * s)];
}

/** E[−ln p] over ρ and τ of one arm (the others are its rotations), by the trapezoid rule. */
export function pinwheelEntropy(step = 0.25): Entropy {
  let value = 0;
  for (let a = -8; a <= 8; a += step)
    for (let b = -8; b <= 8; b += step) {
      const mass = (Math.exp(-0.5 * (a * a + b * b)) / (2 * Math.PI)) * step * step;
      const point = place(0, 1 + RADIAL_SD * a, TANGENTIAL_SD * b);
      value -= mass * pinwheel.logDensity(Float64Array.from(point), 0);
    }
  return { value, stderr: 0, method: "quadrature" };
}

export const pinwheelDataset = defineDataset({
  name: "pinwheel",
  summary: "five bent arms, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data",
  options: syntheticOptions,
  load: ({ options, rng }) => Promise.resolve(syntheticDataset("pinwheel", pinwheel, options, rng)),
  outline: (options) => syntheticOutline(2, options),
});
