import { gatherElements, offTape, tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { findBin, inUnits, knots, shares, type Bin } from "./spline-bins.ts";
import type { SplineShape } from "./spline-shape.ts";

/** What a Hermite spline is told; see SplineShape. */
export type HermiteShape = Omit<SplineShape, "minSlope">;

/** ε: slopes at knots are at least this share of the flatter of the two bins beside them, so that log-slopes stay finite. */
export const FLATTEST = 0.01;
/** … and at most so many times that bin's slope: a cubic with slopes up to 3 times its secant at both ends is monotone. */
export const STEEPEST = 3 - 2 * FLATTEST;

/** The bin k of an entry; lengths in units, [1, d, 1, N] unless told otherwise. */
export interface Piece {
  readonly t: Tensor;
  readonly inside: Tensor;
  readonly bin: Bin;
  /** Softmax of raw widths and heights, [2, d, K, N]. */
  readonly share: Tensor;
  readonly lift: Lift;
  readonly lowX: Tensor;
  readonly lowY: Tensor;
  readonly w: Tensor;
  readonly h: Tensor;
  /** Widths, then heights of the bins k − 1, k, k + 1: [2, d, 3, N]. */
  readonly sizes: Tensor;
  /** h/w. */
  readonly secant: Tensor;
  /** −bound and bound among the bin's ends, [1, d, 2, N], bool. */
  readonly ends: Tensor;
  /** The secants beside the bin, divided by its own, [1, d, 2, N]. */
  readonly steepness: Tensor;
  /** The same, at most 1. */
  readonly capped: Tensor;
  /** tanh(raw/2) of the slopes at the bin's ends, [1, d, 2, N]. */
  readonly tau: Tensor;
  /** Slopes at the bin's ends divided by the secant, [1, d, 2, N]. */
  readonly pq: Tensor;
  readonly p: Tensor;
  readonly q: Tensor;
}

/** The bin that x (or y, by `side`) lies in. Parameters: raw sizes [2, d, K, N] and slopes [1, d, K − 1, N]. */
export function pieceAt(
  side: "x" | "y",
  at: Tensor,
  [rawSizes, rawSlopes]: readonly Tensor[],
  { bound, minWidth, minHeight }: HermiteShape,
): Piece {
  const { t, inside } = inUnits(at, bound);
  const share = shares(rawSizes as Tensor);
  const edges = knots(share, [minWidth, minHeight]);
  const [, d = 1, count = 3, rows = 1] = edges.shape;
  const lift = liftOf(edges);
  // Beyond the square the spline goes on as the identity, in bins as long as the square.
  const outside = (...values: readonly number[]): Tensor =>
    tf.mul(tf.tensor([...values], [1, 1, 2, 1]), tf.ones([2, d, 2, rows]));
  const tables = tf.concat([outside(-1, 0), lift.inner, outside(1, 2)], 2);
  const bin = findBin(
    t,
    side === "x" ? edges : tf.slice(tables, [1, 0, 1, 0], [1, d, count, rows]),
  );

  const near = entries(tables, bin, 4);
  const part = (from: number): Tensor => tf.slice(near, [0, 0, from, 0], [2, d, 3, rows]);
  const sizes = tf.sub(part(1), part(0));
  const [widths, heights] = tf.split(sizes, 2, 0) as [Tensor, Tensor];
  const [before, secant, after] = tf.split(tf.div(heights, widths), 3, 2) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [, low] = tf.split(near, [1, 1, 2], 2) as [Tensor, Tensor];
  const [lowX, lowY] = tf.split(low, 2, 0) as [Tensor, Tensor];
  const [w, h] = [middle(widths), middle(heights)];

  const ends = atEnds(bin);
  const steepness = tf.div(tf.concat([before, after], 2), secant);
  const capped = tf.minimum(steepness, tf.onesLike(steepness));
  const end = tf.zeros([1, d, 1, rows]);
  const tau = tf.tanh(tf.mul(entries(tf.concat([end, rawSlopes as Tensor, end], 2), bin, 2), 0.5));
  const limit = tf.add(tf.mul(tf.div(tau, tf.sub(3, tau)), real(4 * (1 - FLATTEST))), 1);
  // At ±bound the slope is 1, that of the identity beyond.
  const pq = tf.where(ends, steepness, tf.mul(capped, limit));
  const [p, q] = tf.split(pq, 2, 2) as [Tensor, Tensor];
  return {
    t, inside, bin, share, lift, lowX, lowY, w, h, sizes, secant, ends, steepness, capped, tau, pq, p, q,
  }; // prettier-ignore
}

const middle = (three: Tensor): Tensor => tf.split(three, 3, 2)[1] as Tensor;

export interface Lift {
  /** X and Y at the inner knots, [2, d, K − 1, N]. */
  readonly inner: Tensor;
  /** By how much the heights of the inner bins are multiplied, [1, d, 1, N], and the sum of their first guesses. */
  readonly scale: Tensor;
  readonly room: Tensor;
}

/** Values at the inner knots from first guesses G (see `hermite`), of tables X and G [2, d, K + 1, N]. */
function liftOf(edges: Tensor): Lift {
  const [, d = 1, count = 3, rows = 1] = edges.shape;
  const inner = tf.slice(edges, [0, 0, 1, 0], [2, d, count - 2, rows]);
  const [x, g] = tf.split(inner, 2, 0) as [Tensor, Tensor];
  const at = (table: Tensor, k: number): Tensor => tf.slice(table, [0, 0, k, 0], [1, d, 1, rows]);
  const last = count - 3;
  const [firstG, lastG] = [at(g, 0), at(g, last)];
  const liftAt = (k: number, from: Tensor): Tensor =>
    tf.mul(tf.sub(at(x, k), from), real(1 / STEEPEST));
  const first = liftAt(0, firstG);
  if (last === 0) {
    const one = tf.onesLike(first);
    return { inner: tf.concat([x, tf.add(g, first)], 0), scale: one, room: one };
  }
  const room = tf.sub(lastG, firstG);
  const rate = tf.div(tf.sub(liftAt(last, lastG), first), room);
  const lifts = tf.add(tf.mul(tf.sub(g, firstG), rate), first);
  return { inner: tf.concat([x, tf.add(g, lifts)], 0), scale: tf.add(rate, 1), room };
}

/** Entries k … k + n − 1 of every table [tables, d, M, N]: [tables, d, n, N]. */
function entries(tables: Tensor, { k }: Bin, n: number): Tensor {
  const [count = 1] = tables.shape;
  const offsets = tf.tensor(
    Array.from({ length: n * count }, (_, i) => i % n),
    [count, 1, n, 1],
  );
  return gatherElements(tables, tf.cast(tf.add(k, offsets), "int32"), 2);
}

function atEnds({ passed }: Bin): Tensor {
  const [, d = 1, inner = 1, rows = 1] = passed.shape;
  return offTape(() => {
    const edge = (k: number): Tensor => tf.slice(passed, [0, 0, k, 0], [1, d, 1, rows]);
    return tf.cast(tf.concat([tf.sub(1, edge(0)), edge(inner - 1)], 2), "bool");
  });
}
