import { tf, type Tensor } from "../engine/index.ts";
import { real, realTensor } from "../distributions/real.ts";
import type { Point } from "./rational-quadratic.ts";
import { positiveSlopesDerivative } from "./spline-bins.ts";
import type { SplineShape } from "./spline-shape.ts";

/**
 * Gradient of the rational-quadratic spline, in closed form: towards x, raw widths and heights, raw slopes.
 *
 * With f = ξa₀/E (so y_k + h·f is the value) and ℓ = ln(s·A/E²), in the terms of `rationalQuadratic`:
 *
 *     ∂f/∂ξ = A/E²      ∂f/∂p = ξη·ηa₁/E²        ∂f/∂q = −ξη·ξa₀/E²
 *     ∂ℓ/∂ξ = 2[(a₁ − a₀)/A − (p + q − 2)(η − ξ)/E]
 *     ∂ℓ/∂p = η²/A − 2ξη/E                        ∂ℓ/∂q = ξ²/A − 2ξη/E
 *
 * @param dy, dLogSlope gradients towards the value and towards ℓ, [1, d, 1, N]
 */
export function pullRationalQuadratic(
  point: Point,
  dy: Tensor,
  dLogSlope: Tensor,
  shape: SplineShape,
): [x: Tensor, sizes: Tensor, slopes: Tensor] {
  const { inside, w, h, flatness, pq, xi, eta, xiA0, etaA1, A, a0, a1, perE, slope } = point;
  const side = real(2 * shape.bound);
  const gy = tf.mul(dy, tf.mul(inside, side));
  const gl = tf.mul(dLogSlope, inside);
  const glPerA = tf.div(gl, A);
  const glPerE = tf.mul(gl, perE);
  const xiEta = tf.mul(xi, eta);

  // Towards p and q, [1, d, 2, N].
  const reach = tf.mul(tf.mul(gy, h), tf.mul(xiEta, tf.square(perE)));
  const bends = tf.concat([etaA1, tf.neg(xiA0)], 2);
  const squares = tf.square(tf.concat([eta, xi], 2));
  const towardsPq = tf.sub(
    tf.add(tf.mul(reach, bends), tf.mul(glPerA, squares)),
    tf.mul(tf.mul(glPerE, xiEta), 2),
  );
  // Towards ξ by ℓ alone, and towards x in units.
  const [p, q] = tf.split(pq, 2, 2) as [Tensor, Tensor];
  const excess = tf.mul(tf.sub(tf.add(p, q), 2), tf.sub(eta, xi));
  const byLogSlope = tf.mul(tf.sub(tf.mul(glPerA, tf.sub(a1, a0)), tf.mul(glPerE, excess)), 2);
  const alongX = tf.add(tf.mul(gy, slope), tf.div(byLogSlope, w));

  // Towards the bin's corner (the size fixed) and its size (the corner fixed).
  const stretch = tf.sub(tf.sum(tf.mul(towardsPq, pq), 2, true), gl);
  const towardsLow = tf.concat([tf.neg(alongX), gy], 0);
  const towardsSize = tf.concat(
    [
      tf.sub(tf.div(stretch, w), tf.mul(alongX, xi)),
      tf.sub(tf.mul(gy, tf.mul(xiA0, perE)), tf.div(stretch, h)),
    ],
    0,
  );
  return [
    // Beyond the square y = x; a sum with differences would lose a small slope's digits.
    tf.add(tf.mul(dy, tf.sub(1, inside)), tf.div(alongX, side)),
    towardsShares(point, towardsLow, towardsSize, shape),
    towardsSlopes(point, tf.mul(towardsPq, flatness), shape),
  ];
}

/**
 * Through knots and softmax. Share j moves the corner of bin k if j < k and its size if j = k; what the softmax subtracts is
 * the mean of that under the shares, which the corner and the size give: no sum over bins is needed.
 */
function towardsShares(
  { bin, share, low, size }: Point,
  towardsLow: Tensor,
  towardsSize: Tensor,
  { bins, minWidth, minHeight }: SplineShape,
): Tensor {
  const minima = perTable([minWidth, minHeight]);
  const spread = perTable([1 - bins * minWidth, 1 - bins * minHeight]);
  const mean = tf.add(
    tf.mul(towardsLow, tf.sub(low, tf.mul(bin.k, minima))),
    tf.mul(towardsSize, tf.sub(size, minima)),
  );
  const { before, here } = masks(bin);
  const moved = tf.add(
    tf.mul(tf.mul(towardsLow, spread), before),
    tf.mul(tf.mul(towardsSize, spread), here),
  );
  return tf.mul(share, tf.sub(moved, mean));
}

/** A number where all are equal, else [tables, 1, 1, 1]. */
const perTable = (values: readonly number[]): Tensor =>
  values.every((value) => value === values[0])
    ? real(values[0] ?? 0)
    : realTensor(values, [values.length, 1, 1, 1]);

/** For bins 0 … K − 1, [1, d, K, N]: 1 where j < k, and where j = k. */
function masks({ passed }: Point["bin"]): { before: Tensor; here: Tensor } {
  const [, d = 1, , rows = 1] = passed.shape;
  const before = tf.concat([passed, tf.zeros([1, d, 1, rows])], 2);
  const upTo = tf.concat([tf.ones([1, d, 1, rows]), passed], 2);
  return { before, here: tf.sub(upTo, before) };
}

/** The slope at knot j = 1 … K − 1 is that of the left end of bin j and of the right end of bin j − 1. */
function towardsSlopes(
  { bin, rawSlopes }: Point,
  towardsSlope: Tensor,
  { bins, minSlope }: SplineShape,
): Tensor {
  const raw = tf.mul(towardsSlope, positiveSlopesDerivative(rawSlopes, minSlope));
  const [left, right] = tf.split(raw, 2, 2) as [Tensor, Tensor];
  const { here } = masks(bin);
  const [, d = 1, , rows = 1] = here.shape;
  const part = (from: number): Tensor => tf.slice(here, [0, 0, from, 0], [1, d, bins - 1, rows]);
  return tf.add(tf.mul(left, part(1)), tf.mul(right, part(0)));
}
