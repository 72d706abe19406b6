import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { differentiated } from "./differentiated.ts";
import { pullRationalQuadratic } from "./rational-quadratic-gradient.ts";
import {
  atBin,
  findBin,
  inUnits,
  knots,
  positiveSlopes,
  shares,
  throughBin,
  type Bin,
} from "./spline-bins.ts";
import { splineShape, type SplineShape } from "./spline-shape.ts";
import { splineTransformer } from "./spline-transformer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Monotone rational-quadratic spline (Gregory & Delbourgo 1982; Durkan et al. 2019, arXiv:1906.04032).
 * Parameters per entry: raw widths [K], raw heights [K], raw slopes at the inner knots [K − 1].
 *
 * In a bin of width w and height h with slopes δ₀, δ₁ at its ends, s = h/w, p = δ₀/s, q = δ₁/s, ξ from 0 to 1 and η = 1 − ξ:
 *
 *     a₀ = ξ + pη,  a₁ = η + qξ,  E = ξa₀ + ηa₁,  A = ξa₁ + ηa₀
 *     y = y_k + h · ξa₀/E             dy/dx = s · A/E²
 *
 * which is the papers' formula without a difference in it, so no digits cancel. The inverse solves for ξ : η, again
 * without one: see `place`.
 *
 * Departures from the paper: a slope is the function `positiveSlopes` of its raw number, so that raw zeros give the
 * identity (the paper's softplus does not). y is computed as x plus a difference that is then exactly 0: the identity is one
 * bit for bit where minWidth and minHeight agree. The slope at ±bound is 1, as in the paper, so the map is differentiable
 * there.
 */
export function rationalQuadratic(shape: Partial<SplineShape> = {}): Transformer {
  const full = splineShape("rational-quadratic spline", shape);
  const { bins } = full;
  return splineTransformer({
    blocks: [bins, bins, bins - 1],
    forward: (x, [sizes, slopes]) =>
      differentiated(
        [x, sizes as Tensor, slopes as Tensor],
        ([at, ...parameters]) => {
          const point = pointAt("x", at as Tensor, parameters, full);
          return { y: tf.add(at as Tensor, shift(point, full)), logSlope: logSlope(point) };
        },
        ([at, ...parameters], dy, dLogSlope) =>
          pullRationalQuadratic(pointAt("x", at as Tensor, parameters, full), dy, dLogSlope, full),
      ),
    solve(y, parameters) {
      const point = pointAt("y", y, parameters, full);
      return { y: tf.sub(y, shift(point, full)), logSlope: tf.neg(logSlope(point)) };
    },
  });
}

/** All that value and gradient need to know of a point; [1, d, 1, N] unless told otherwise, lengths in units. */
export interface Point {
  readonly inside: Tensor;
  readonly bin: Bin;
  /** Softmax of raw widths and heights, [2, d, K, N]. */
  readonly share: Tensor;
  /** Left and lower edge of the bin, its width and height: [2, d, 1, N] each. */
  readonly low: Tensor;
  readonly size: Tensor;
  /** The same as single numbers. */
  readonly lowX: Tensor;
  readonly lowY: Tensor;
  readonly w: Tensor;
  readonly h: Tensor;
  /** w/h. */
  readonly flatness: Tensor;
  /** Raw slopes at the bin's ends, and p, q: [1, d, 2, N]. */
  readonly rawSlopes: Tensor;
  readonly pq: Tensor;
  readonly xi: Tensor;
  readonly eta: Tensor;
  readonly a0: Tensor;
  readonly a1: Tensor;
  readonly xiA0: Tensor;
  readonly etaA1: Tensor;
  readonly A: Tensor;
  readonly perE: Tensor;
  /** dy/dx. */
  readonly slope: Tensor;
}

function pointAt(
  side: "x" | "y",
  at: Tensor,
  [raw, inner]: readonly Tensor[],
  { bound, minWidth, minHeight, minSlope }: SplineShape,
): Point {
  const [sizes, slopes] = [raw as Tensor, inner as Tensor];
  const { t, inside } = inUnits(at, bound);
  const share = shares(sizes);
  const edges = knots(share, [minWidth, minHeight]);
  const bin = findBin(t, edges, side === "x" ? 0 : 1);
  const [, d = 1, , rows = 1] = edges.shape;
  // A raw 0 is a slope of 1: the ends of the square have it.
  const end = tf.zeros([1, d, 1, rows]);
  const tables = tf.concat([edges, tf.concat([end, slopes, end], 2)], 0);
  const [corners, rawSlopes] = tf.split(atBin(tables, bin), [2, 1], 0) as [Tensor, Tensor];
  const [low, high] = tf.split(corners, 2, 2) as [Tensor, Tensor];
  const size = tf.sub(high, low);
  const [lowX, lowY] = tf.split(low, 2, 0) as [Tensor, Tensor];
  const [w, h] = tf.split(size, 2, 0) as [Tensor, Tensor];
  const flatness = tf.div(w, h);
  const pq = tf.mul(positiveSlopes(rawSlopes, minSlope), flatness);
  const [p, q] = tf.split(pq, 2, 2) as [Tensor, Tensor];
  const { xi, eta } =
    side === "x"
      ? offset(throughBin(tf.div(tf.sub(t, lowX), w)))
      : place(throughBin(tf.div(tf.sub(t, lowY), h)), p, q);
  const a0 = tf.add(xi, tf.mul(p, eta));
  const a1 = tf.add(eta, tf.mul(q, xi));
  const xiA0 = tf.mul(xi, a0);
  const etaA1 = tf.mul(eta, a1);
  const A = tf.add(tf.mul(xi, a1), tf.mul(eta, a0));
  const perE = tf.reciprocal(tf.add(xiA0, etaA1));
  const slope = tf.div(tf.mul(tf.mul(A, perE), perE), flatness);
  return {
    inside, bin, share, low, size, lowX, lowY, w, h, flatness, rawSlopes, pq, xi, eta, a0, a1, xiA0, etaA1, A, perE, slope,
  }; // prettier-ignore
}

const offset = (xi: Tensor): { xi: Tensor; eta: Tensor } => ({ xi, eta: tf.sub(1, xi) });

/**
 * ξ of the height u in [0, 1]. With v = 1 − u, m = pv − qu and r = √(m² + 4uv), which nothing can make negative:
 * ξ : η = 2u : m + r where m ≥ 0, else r − m : 2v. The textbook root cancels where its b < 0 and loses all digits of float32.
 */
function place(u: Tensor, p: Tensor, q: Tensor): { xi: Tensor; eta: Tensor } {
  const v = tf.sub(1, u);
  const m = tf.sub(tf.mul(p, v), tf.mul(q, u));
  const r = tf.sqrt(tf.add(tf.square(m), tf.mul(tf.mul(u, v), 4)));
  const far = tf.add(tf.abs(m), r);
  const right = tf.greaterEqual(m, 0);
  const [left, rest] = [tf.where(right, tf.mul(u, 2), far), tf.where(right, far, tf.mul(v, 2))];
  const whole = tf.add(left, rest);
  return { xi: tf.div(left, whole), eta: tf.div(rest, whole) };
}

/** y − x: exactly 0 where the knots of both sides agree and p = q = 1. */
function shift(
  { inside, lowX, lowY, w, h, xi, xiA0, perE }: Point,
  { bound }: SplineShape,
): Tensor {
  const within = tf.sub(tf.mul(h, tf.mul(xiA0, perE)), tf.mul(w, xi));
  return tf.mul(tf.add(tf.sub(lowY, lowX), within), tf.mul(inside, real(2 * bound)));
}

const logSlope = ({ slope, inside }: Point): Tensor => tf.mul(tf.log(slope), inside);
