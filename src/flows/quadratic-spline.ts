import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { ModelError } from "../model.ts";
import {
  atBin,
  findBin,
  inUnits,
  knots,
  positiveSlopes,
  shares,
  throughBin,
} from "./spline-bins.ts";
import { splineShape, type SplineShape } from "./spline-shape.ts";
import { splineTransformer } from "./spline-transformer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Monotone quadratic spline: its slope is continuous and piecewise linear (Müller et al. 2019, arXiv:1808.03856).
 * Parameters per entry: raw widths [K], raw slopes at the inner knots [K − 1].
 *
 * In a bin of width w with slopes v₀, v₁ at its ends, ξ from 0 to 1 and η = 1 − ξ:
 *
 *     dy/dx = v₀η + v₁ξ        y = y_k + wξ · (v₀ + dy/dx)/2
 *     ξ = 2u/(v₀ + √(v₀²(1 − f) + v₁²f)),  f the share of the bin's height that y has reached, u = f(v₀ + v₁)/2
 *
 * Departures from the paper, which works on [0, 1] without tails: the slope at ±bound is 1, so that it is continuous across
 * the identity tails; the inner slopes alone are scaled to make the area 1; each is `positiveSlopes` of its raw number, so
 * that raw zeros give the identity.
 */
export function quadraticSpline(shape: Partial<Omit<SplineShape, "minHeight">> = {}): Transformer {
  const full = splineShape("quadratic spline", shape);
  const { bins, bound } = full;
  if (bins < 3)
    throw new ModelError(
      `quadratic spline: expected at least 3 bins, got ${bins}; two with slopes of 1 at their outer ` +
        "ends can only be the identity.",
    );
  const side = (): Tensor => real(2 * bound);
  return splineTransformer({
    blocks: [bins, bins - 1],
    forward(x, parameters) {
      const piece = pieceAt("x", x, parameters, full);
      const { offset, slope } = along(
        piece,
        throughBin(tf.div(tf.sub(piece.t, piece.lowX), piece.w)),
      );
      const moved = tf.mul(tf.mul(offset, piece.inside), side());
      return { y: tf.add(x, moved), logSlope: tf.mul(tf.log(slope), piece.inside) };
    },
    solve(y, parameters) {
      const piece = pieceAt("y", y, parameters, full);
      const { t, inside, lowY, highY, v0, v1 } = piece;
      const f = throughBin(tf.div(tf.sub(t, lowY), tf.sub(highY, lowY)));
      const root = tf.sqrt(tf.add(tf.mul(tf.square(v0), tf.sub(1, f)), tf.mul(tf.square(v1), f)));
      const xi = tf.div(tf.mul(f, tf.add(v0, v1)), tf.add(v0, root));
      const { offset, slope } = along(piece, xi);
      return {
        y: tf.sub(y, tf.mul(tf.mul(offset, inside), side())),
        logSlope: tf.neg(tf.mul(tf.log(slope), inside)),
      };
    },
  });
}

/** The bin of an entry, in units; [1, d, 1, N] each. */
interface Piece {
  readonly t: Tensor;
  readonly inside: Tensor;
  readonly lowX: Tensor;
  readonly lowY: Tensor;
  readonly highY: Tensor;
  readonly w: Tensor;
  readonly v0: Tensor;
  readonly v1: Tensor;
}

function pieceAt(
  side: "x" | "y",
  at: Tensor,
  [widths, inner]: readonly Tensor[],
  { bins, bound, minWidth, minSlope }: SplineShape,
): Piece {
  const { t, inside } = inUnits(at, bound);
  const share = shares(widths as Tensor);
  const w = tf.add(tf.mul(share, real(1 - bins * minWidth)), real(minWidth));
  const slopes = slopesAtKnots(w, inner as Tensor, minSlope);
  const [, d = 1, , rows = 1] = w.shape;
  const part = (from: number, x: Tensor): Tensor =>
    tf.slice(x, [0, 0, from, 0], [1, d, bins, rows]);
  const mean = tf.mul(tf.add(part(0, slopes), part(1, slopes)), 0.5);
  const [x, y] = [knots(w, [0]), knots(tf.mul(w, mean), [0])];
  const bin = findBin(t, side === "x" ? x : y);
  const [low, high] = tf.split(atBin(tf.concat([x, y, slopes], 0), bin), 2, 2) as [Tensor, Tensor];
  const [lowX, lowY, v0] = tf.split(low, 3, 0) as [Tensor, Tensor, Tensor];
  const [highX, highY, v1] = tf.split(high, 3, 0) as [Tensor, Tensor, Tensor];
  return { t, inside, lowX, lowY, highY, w: tf.sub(highX, lowX), v0, v1 };
}

/** Slopes at all knots, [1, d, K + 1, N]: 1 at both ends, the inner ones scaled so that the area below them is 1. */
function slopesAtKnots(w: Tensor, raw: Tensor, minSlope: number): Tensor {
  const [, d = 1, bins = 2, rows = 1] = w.shape;
  const part = (from: number): Tensor => tf.slice(w, [0, 0, from, 0], [1, d, bins - 1, rows]);
  // Twice the area that an inner knot of slope 1 has; the ends have w₀ and w_{K−1} in any case.
  const areas = tf.add(part(0), part(1));
  const inner = positiveSlopes(raw, minSlope);
  const scale = tf.div(tf.sum(areas, 2, true), tf.sum(tf.mul(inner, areas), 2, true));
  const end = tf.ones([1, d, 1, rows]);
  return tf.concat([end, tf.mul(inner, scale), end], 2);
}

/** y − x in units, and the slope, at ξ of the way through the bin. */
function along({ lowX, lowY, w, v0, v1 }: Piece, xi: Tensor): { offset: Tensor; slope: Tensor } {
  const slope = tf.add(tf.mul(v0, tf.sub(1, xi)), tf.mul(v1, xi));
  const run = tf.mul(w, xi);
  const rise = tf.mul(run, tf.mul(tf.add(v0, slope), 0.5));
  return { offset: tf.add(tf.sub(lowY, lowX), tf.sub(rise, run)), slope };
}
