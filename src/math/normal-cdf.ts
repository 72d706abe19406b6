/** Further out than this the smaller tail is below the round-off of 1. */
const FAR = 8.3;

/**
 * Φ(x), the distribution function of N(0, 1), to an absolute error of about 1e-15, by the Taylor series
 * Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …) of Marsaglia (2004), Evaluating the normal distribution, Journal of
 * Statistical Software 11(4). Tails keep no relative precision.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > FAR) return 1;
  if (x < -FAR) return 0;
  let sum = 0;
  let next = x;
  for (let k = 3; sum + next !== sum; k += 2) {
    sum += next;
    next *= (x * x) / k;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}
