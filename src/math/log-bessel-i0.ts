/** Beyond this the asymptotic series reaches round-off before its terms grow again. */
const LARGE = 40;

/**
 * ln I₀(x) − |x|, where I₀ is the modified Bessel function of the first kind; relative error of I₀ near 1e-15.
 *
 * Power series Σ (x²/4)^k / k!² below 40 (all terms positive), above it the asymptotic series of Abramowitz & Stegun
 * 9.7.1. npm's `bessel` has
 * no scaled form, and I₀ overflows above x = 713.
 */
export function logBesselI0Scaled(x: number): number {
  const size = Math.abs(x);
  let sum = 1;
  let term = 1;
  if (size < LARGE) {
    const quarter = (size * size) / 4;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= quarter / (k * k);
      sum += term;
    }
    return Math.log(sum) - size;
  }
  for (let k = 1; term > 1e-17; k++) {
    term *= (2 * k - 1) ** 2 / (8 * k * size);
    sum += term;
  }
  return Math.log(sum) - 0.5 * Math.log(2 * Math.PI * size);
}
