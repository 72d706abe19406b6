/*
 * The monotone Hermite spline of one set of raw parameters, on the host in float64 and by the textbook: knots and values by
 * summing, slopes by their limits, and the cubic through the four basis polynomials.
 */
const EPSILON = 0.01;

export interface Knots {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly slope: readonly number[];
}

function grid(raw: readonly number[], minimum: number): number[] {
  const most = Math.max(...raw);
  const weights = raw.map((r) => Math.exp(r - most));
  const total = weights.reduce((a, b) => a + b);
  const knots = [0];
  for (const weight of weights)
    knots.push((knots.at(-1) ?? 0) + minimum + (1 - raw.length * minimum) * (weight / total));
  return knots;
}
const at = (values: readonly number[], i: number): number => values[i] ?? NaN;

/** Knots, values and slopes on [−bound, bound] of raw widths, heights and inner slopes one after the other. */
export function referenceKnots(
  raw: readonly number[],
  bins: number,
  bound: number,
  minimum = 1e-3,
): Knots {
  const x = grid(raw.slice(0, bins), minimum);
  const g = grid(raw.slice(bins, 2 * bins), minimum);
  const c = 3 - 2 * EPSILON;
  const from = at(g, 1) + (at(x, 1) - at(g, 1)) / c;
  const to = at(g, bins - 1) + (at(x, bins - 1) - at(g, bins - 1)) / c;
  const y = g.map((value, k) => {
    if (k === 0 || k === bins) return k === 0 ? 0 : 1;
    if (k === 1) return from;
    return from + ((value - at(g, 1)) / (at(g, bins - 1) - at(g, 1))) * (to - from);
  });
  const secant = (k: number): number => (at(y, k + 1) - at(y, k)) / (at(x, k + 1) - at(x, k));
  const slope = x.map((_, k) => {
    if (k === 0 || k === bins) return 1;
    const tau = Math.tanh(at(raw, 2 * bins + k - 1) / 2);
    // The fraction of the way from ε to 3 − 2ε that makes 1 of a raw 0: a logistic function shifted by ln 2.
    const fraction = 1 / (1 + (2 * (1 - tau)) / (1 + tau));
    const smaller = Math.min(secant(k - 1), secant(k));
    return smaller * (EPSILON + fraction * (3 - 3 * EPSILON));
  });
  const outwards = (v: number): number => bound * (2 * v - 1);
  return { x: x.map(outwards), y: y.map(outwards), slope };
}

/** Value and slope at x. */
export function referenceSpline(knots: Knots, x: number): { y: number; slope: number } {
  const bins = knots.x.length - 1;
  if (x <= at(knots.x, 0) || x >= at(knots.x, bins)) return { y: x, slope: 1 };
  let k = 0;
  while (k < bins - 1 && x >= at(knots.x, k + 1)) k++;
  const w = at(knots.x, k + 1) - at(knots.x, k);
  const t = (x - at(knots.x, k)) / w;
  const [y0, y1, m0, m1] = [
    at(knots.y, k),
    at(knots.y, k + 1),
    at(knots.slope, k),
    at(knots.slope, k + 1),
  ];
  return {
    y:
      (2 * t ** 3 - 3 * t ** 2 + 1) * y0 + (t ** 3 - 2 * t ** 2 + t) * w * m0 +
      (-2 * t ** 3 + 3 * t ** 2) * y1 + (t ** 3 - t ** 2) * w * m1, // prettier-ignore
    slope:
      ((6 * t ** 2 - 6 * t) * (y0 - y1)) / w +
      (3 * t ** 2 - 4 * t + 1) * m0 +
      (3 * t ** 2 - 2 * t) * m1,
  };
}
