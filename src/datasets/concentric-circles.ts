import { logBesselI0Scaled } from "../math/log-bessel-i0.ts";
import { logSumExp } from "../math/statistics.ts";
import type { Entropy } from "./dataset.ts";
import type { Distribution } from "./synthetic.ts";

/**
 * Equally likely circles about the origin, uniform along each, plus N(0, noise² I).
 *
 * The angle integrates to a Bessel function. For one circle of radius R, at distance r, with s = noise:
 *
 *     p = exp(−(r² + R²) / 2s²) I₀(rR/s²) / 2πs² = exp(−(r − R)² / 2s²) · [e^(−k) I₀(k)] / 2πs²,   k = rR/s²
 */
export function concentricCircles(radii: readonly number[], noise: number): Distribution {
  const variance = noise * noise;
  const constant = -Math.log(2 * Math.PI * variance * radii.length);
  const atDistance = (r: number): number =>
    constant +
    logSumExp(
      radii.map(
        (radius) =>
          -((r - radius) ** 2) / (2 * variance) + logBesselI0Scaled((r * radius) / variance),
      ),
    );
  return {
    dim: 2,
    logDensity: (x, at) => atDistance(Math.hypot(x[at] ?? NaN, x[at + 1] ?? NaN)),
    entropy: radialEntropy(atDistance, Math.max(...radii) + 9 * noise, noise / 16),
    sample(count, rng) {
      const circle = rng.integers(count, radii.length);
      const angles = rng.uniforms(count);
      return rng.normals(2 * count).map((e, k) => {
        const angle = 2 * Math.PI * (angles[k >> 1] ?? 0);
        const radius = radii[circle[k >> 1] ?? 0] ?? NaN;
        return radius * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + noise * e;
      });
    },
  };
}

/** −∫ 2πr p ln p dr by Simpson's rule. */
function radialEntropy(atDistance: (r: number) => number, reach: number, step: number): Entropy {
  const intervals = 2 * Math.ceil(reach / step / 2);
  const h = reach / intervals;
  let sum = 0;
  for (let k = 0; k <= intervals; k++) {
    const weight = k === 0 || k === intervals ? 1 : k % 2 === 1 ? 4 : 2;
    const logP = atDistance(k * h);
    sum -= weight * 2 * Math.PI * k * h * Math.exp(logP) * logP;
  }
  return { value: (sum * h) / 3, stderr: 0, method: "quadrature" };
}
