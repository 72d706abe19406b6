import { gatherElements, offTape, tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { cubic, cubicRoot } from "./hermite-cubic.ts";
import { findBin, inUnits, knots, shares, type Bin } from "./spline-bins.ts";
import { splineShape, type SplineShape } from "./spline-shape.ts";
import { splineTransformer } from "./spline-transformer.ts";
import type { Transformer } from "./transformer.ts";

/** What a Hermite spline is told; see SplineShape. */
export type HermiteShape = Omit<SplineShape, "minSlope">;

/** Slopes at knots are at least this share of the flatter of the two bins beside them, which keeps log-slopes finite. */
const FLATTEST = 0.01;
/** … and at most so many times that bin's slope: a cubic with slopes up to 3 times its secant at both ends is monotone. */
const STEEPEST = 3 - 2 * FLATTEST;

/**
 * Monotone cubic Hermite spline with free knots, values and slopes (Fritsch & Carlson 1980, with strict limits).
 * Parameters per entry: raw widths [K], raw heights [K], raw slopes at the inner knots [K − 1].
 *
 * Slopes: m = d · (1 + 4(1 − ε) τ/(3 − τ)) with τ = tanh(raw/2) and d the smaller secant beside the knot, so that
 * ε·d < m < (3 − 2ε)·d: the slope inside a bin is then at least ε·d everywhere, where Fritsch & Carlson's 3·d at both ends
 * would let it be 0. The slope at ±bound is 1, which asks for a secant of at least 1/(3 − 2ε) in the first and the last
 * bin: the first and the last inner knot (X₁, G₁), (X_{K−1}, G_{K−1}) are moved towards the diagonal by 1/(3 − 2ε) of
 * their distance from it, vertically, and the values between them follow linearly. This takes at most that share of
 * any bin's height.
 *
 * Raw zeros give the identity, bit for bit: y is x plus a difference which is then exactly 0. The inverse is found by
 * Newton's method: see `cubicRoot`.
 *
 * @throws ModelError where no such spline exists
 */
export function hermite(shape: Partial<HermiteShape> = {}): Transformer {
  const full = splineShape("hermite spline", shape);
  const { bins, bound } = full;
  const shift = ({ inside, lowX, lowY, w, h }: Piece, xi: Tensor, offset: Tensor): Tensor => {
    const rise = tf.add(tf.mul(tf.sub(h, w), xi), tf.mul(h, offset));
    return tf.mul(tf.add(tf.sub(lowY, lowX), rise), tf.mul(inside, real(2 * bound)));
  };
  const logSlope = ({ inside, secant }: Piece, slope: Tensor): Tensor =>
    tf.mul(tf.log(tf.mul(secant, slope)), inside);
  return splineTransformer({
    blocks: [bins, bins, bins - 1],
    forward(x, parameters) {
      const piece = pieceAt("x", x, parameters, full);
      const { t, lowX, w, p, q } = piece;
      const xi = tf.div(tf.sub(t, lowX), w);
      const { offset, slope } = cubic(xi, p, q);
      return { y: tf.add(x, shift(piece, xi, offset)), logSlope: logSlope(piece, slope) };
    },
    solve(y, parameters) {
      const piece = pieceAt("y", y, parameters, full);
      const { t, lowY, h, p, q } = piece;
      const xi = cubicRoot(tf.clipByValue(tf.div(tf.sub(t, lowY), h), 0, 1), p, q);
      const { offset, slope } = cubic(xi, p, q);
      return {
        y: tf.sub(y, shift(piece, xi, offset)),
        logSlope: tf.neg(logSlope(piece, slope)),
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
  readonly w: Tensor;
  readonly h: Tensor;
  /** h/w. */
  readonly secant: Tensor;
  /** Slopes at the bin's ends, divided by the secant. */
  readonly p: Tensor;
  readonly q: Tensor;
}

function pieceAt(
  side: "x" | "y",
  at: Tensor,
  [sizes, slopes]: readonly Tensor[],
  { bound, minWidth, minHeight }: SplineShape,
): Piece {
  const { t, inside } = inUnits(at, bound);
  const edges = knots(shares(sizes as Tensor), [minWidth, minHeight]);
  const [x, g] = tf.split(edges, 2, 0) as [Tensor, Tensor];
  const y = liftEnds(x, g);
  const bin = findBin(t, side === "x" ? x : y);
  // The knots at k − 1 … k + 2; beyond the square the spline goes on as the identity, in bins as long as the square.
  const near = neighbours([x, y], bin);
  const [, d = 1, , rows = 1] = near.shape;
  const part = (from: number): Tensor => tf.slice(near, [0, 0, from, 0], [2, d, 3, rows]);
  const [widths, heights] = tf.split(tf.sub(part(1), part(0)), 2, 0) as [Tensor, Tensor];
  const secants = tf.div(heights, widths);
  const [before, secant, after] = tf.split(secants, 3, 2) as [Tensor, Tensor, Tensor];
  const steepness = tf.div(tf.concat([before, after], 2), secant);
  const limited = tf.mul(
    tf.minimum(steepness, tf.onesLike(steepness)),
    limits(slopes as Tensor, bin),
  );
  // At ±bound the slope is 1, that of the identity beyond.
  const pq = tf.where(atEnds(bin), steepness, limited);
  const [p, q] = tf.split(pq, 2, 2) as [Tensor, Tensor];
  const [, low] = tf.split(near, [1, 1, 2], 2) as [Tensor, Tensor];
  const [lowX, lowY] = tf.split(low, 2, 0) as [Tensor, Tensor];
  const [, w] = tf.split(widths, 3, 2) as [Tensor, Tensor];
  const [, h] = tf.split(heights, 3, 2) as [Tensor, Tensor];
  return { t, inside, lowX, lowY, w, h, secant, p, q };
}

/** Values at the knots from first guesses g: both end bins get a secant of at least 1/STEEPEST. [1, d, K + 1, N] each. */
function liftEnds(x: Tensor, g: Tensor): Tensor {
  const [, d = 1, count = 3, rows = 1] = g.shape;
  const bins = count - 1;
  const [first, inner, last] = tf.split(g, [1, bins - 1, 1], 2) as [Tensor, Tensor, Tensor];
  const knot = (table: Tensor, k: number): Tensor => tf.slice(table, [0, 0, k, 0], [1, d, 1, rows]);
  const lift = (k: number): Tensor => tf.mul(tf.sub(knot(x, k), knot(g, k)), real(1 / STEEPEST));
  const firstLift = lift(1);
  if (bins === 2) return tf.concat([first, tf.add(inner, firstLift), last], 2);
  const run = tf.sub(inner, knot(g, 1));
  const rate = tf.div(tf.sub(lift(bins - 1), firstLift), tf.sub(knot(g, bins - 1), knot(g, 1)));
  const lifts = tf.add(tf.mul(run, rate), firstLift);
  return tf.concat([first, tf.add(inner, lifts), last], 2);
}

/** Entries k − 1 … k + 2 of tables [1, d, K + 1, N] that go on with −1 and 2 beyond their ends: [tables, d, 4, N]. */
function neighbours(tables: readonly Tensor[], { k }: Bin): Tensor {
  const table = tf.concat([...tables], 0);
  const [count = 1, d = 1, , rows = 1] = table.shape;
  const edge = (value: number): Tensor => tf.fill([count, d, 1, rows], value);
  const longer = tf.concat([edge(-1), table, edge(2)], 2);
  const offsets = tf.tensor(
    Array.from({ length: 4 * count }, (_, i) => i % 4),
    [count, 1, 4, 1],
  );
  return gatherElements(longer, tf.cast(tf.add(k, offsets), "int32"), 2);
}

/** Slopes at the bin's ends as multiples of the smaller secant there, from raw slopes [1, d, K − 1, N]: [1, d, 2, N]. */
function limits(raw: Tensor, { k }: Bin): Tensor {
  const [, d = 1, , rows = 1] = raw.shape;
  const end = tf.zeros([1, d, 1, rows]);
  const offsets = tf.tensor([0, 1], [1, 1, 2, 1]);
  const index = tf.cast(tf.add(k, offsets), "int32");
  const tau = tf.tanh(tf.mul(gatherElements(tf.concat([end, raw, end], 2), index, 2), 0.5));
  return tf.add(tf.mul(tf.div(tau, tf.sub(3, tau)), real(4 * (1 - FLATTEST))), 1);
}

/** Whether the bin's ends are −bound and bound, [1, d, 2, N]. */
function atEnds({ passed }: Bin): Tensor {
  const [, d = 1, inner = 1, rows = 1] = passed.shape;
  return offTape(() => {
    const edge = (k: number): Tensor => tf.slice(passed, [0, 0, k, 0], [1, d, 1, rows]);
    return tf.cast(tf.concat([tf.sub(1, edge(0)), edge(inner - 1)], 2), "bool");
  });
}
