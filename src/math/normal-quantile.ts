import { normalCdf } from "./normal-cdf.ts";

/**
 * Φ⁻¹(p), the quantile of N(0, 1), by Newton's method. Below the median Φ is convex, so that from 0 the steps fall to the root
 * and never pass it; above, it is −Φ⁻¹(1 − p). An upper tail keeps its digits only if the caller has 1 − p: give that.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  let z = 0;
  for (;;) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    const next = z - (normalCdf(z) - p) / density;
    // Round-off ends the fall.
    if (!(next < z - 1e-14 * (1 + Math.abs(z)))) return z;
    z = next;
  }
}
