import { gatherElements, offTape, tf, type Tensor } from "../engine/index.ts";
import { real, realTensor } from "../distributions/real.ts";

/*
 * What all splines share: the square that they live in, knots from raw widths, and the bin that a number lies in.
 *
 * Layout: [tables, d, K, N] with the N rows last, so that sums and comparisons over the K bins run over long lines.
 * Coordinates: the square [−bound, bound]² is mapped to the unit square; beyond it a spline is the identity.
 */

/** 1 inside of the square, 0 on its edge and beyond. No gradient: comparisons have none, and the tape throws at them. */
const insideOf = (x: Tensor, bound: number): Tensor =>
  offTape(() => tf.cast(tf.less(tf.abs(x), real(bound)), "float32"));

/**
 * x moved to the nearest point of [low, high]; the gradient passes as if it were not moved, since users multiply what comes
 * of it by `inside`. (The gradient of tf.clipByValue cannot be differentiated again.)
 */
const clipped = (x: Tensor, low: number, high: number): Tensor =>
  tf.customGrad((given) => ({
    value: tf.clipByValue(given as Tensor, low, high),
    gradFunc: (dy: Tensor) => dy,
  }))(x);

/**
 * How far through its bin an entry is, from 0 to 1. The last knot is a sum, and may be an ulp below 1: what lies beyond it
 * is a thousand ulps beyond a bin of a thousandth, where the formulas of a bin may give NaN, and 0 · NaN is NaN.
 */
export const throughBin = (share: Tensor): Tensor => clipped(share, 0, 1);

/** Entries [1, d, 1, N] in the units of the square, those beyond moved to its edge; and 1 for those inside of it. */
export function inUnits(x: Tensor, bound: number): { t: Tensor; inside: Tensor } {
  const t = tf.div(tf.add(clipped(x, -bound, bound), real(bound)), real(2 * bound));
  return { t, inside: insideOf(x, bound) };
}

/** Softmax over the bins of [tables, d, K, N]. (One node of ONNX would transpose there and back.) */
export function shares(raw: Tensor): Tensor {
  const e = tf.exp(
    tf.sub(
      raw,
      offTape(() => tf.max(raw, 2, true)),
    ),
  );
  return tf.div(e, tf.sum(e, 2, true));
}

/**
 * Knots in units, [tables, d, K + 1, N], from 0 to 1: sums of the bins' widths, each at least the minimum of its table.
 *
 * @param share [tables, d, K, N], summing to 1 over K
 * @param minima one number per table: knot_k = minimum · k + (1 − K · minimum) · Σ_{j<k} share_j
 */
export function knots(share: Tensor, minima: readonly number[]): Tensor {
  const bins = share.shape[2] ?? 1;
  const sums = (part: Tensor, minimum: number): Tensor => tf.matMul(sumMatrix(bins, minimum), part);
  const [first = 0] = minima;
  if (minima.every((minimum) => minimum === first)) return sums(share, first);
  const parts: Tensor[] = tf.split(share, minima.length, 0);
  return tf.concat(
    parts.map((part, i) => sums(part, minima[i] ?? 0)),
    0,
  );
}

/** [K + 1, K]: a product with shares that sum to 1 gives the knots. */
function sumMatrix(bins: number, minimum: number): Tensor {
  const entries = Array.from({ length: (bins + 1) * bins }, (_, i) => {
    const [k, j] = [Math.floor(i / bins), i % bins];
    return minimum * k + (j < k ? 1 - bins * minimum : 0);
  });
  return realTensor(entries, [bins + 1, bins]);
}

export interface Bin {
  /** Number of the bin, 0 … K − 1, [1, d, 1, N], as a real. */
  readonly k: Tensor;
  /** 1 for the inner knots 1 … K − 1 that lie at or below t, [1, d, K − 1, N]. */
  readonly passed: Tensor;
}

/** The bin of t [1, d, 1, N] among the knots of one of the tables [tables, d, K + 1, N], by comparison. No gradient. */
export function findBin(t: Tensor, tables: Tensor, table = 0): Bin {
  const [, d = 1, count = 2, rows = 1] = tables.shape;
  return offTape(() => {
    const inner = tf.slice(tables, [table, 0, 1, 0], [1, d, count - 2, rows]);
    const passed = tf.cast(tf.greaterEqual(t, inner), "float32");
    return { k: tf.sum(passed, 2, true), passed };
  });
}

/** Entries k and k + 1 of every table [tables, d, K + 1, N]: [tables, d, 2, N]. */
export function atBin(tables: Tensor, { k }: Bin): Tensor {
  const [count = 1] = tables.shape;
  const offsets = tf.tensor(
    Array.from({ length: 2 * count }, (_, i) => i % 2),
    [count, 1, 2, 1],
  );
  return gatherElements(tables, tf.cast(tf.add(k, offsets), "int32"), 2);
}

/**
 * min + (1 − min) · (raw + √(raw² + 4))/2: positive, at least `min`, and exactly 1 at raw = 0, where its slope is ½. This
 * function (Barron 2021, arXiv:2112.11687) has the shape of softplus at a tenth of its time.
 */
export function positiveSlopes(raw: Tensor, min: number): Tensor {
  const root = tf.sqrt(tf.add(tf.square(raw), 4));
  return tf.add(tf.mul(tf.add(raw, root), halfRange(min)), real(min));
}

/** The derivative of `positiveSlopes`. */
export function positiveSlopesDerivative(raw: Tensor, min: number): Tensor {
  const root = tf.sqrt(tf.add(tf.square(raw), 4));
  return tf.mul(tf.add(tf.div(raw, root), 1), halfRange(min));
}

/** (1 − min)/2 by operations whose result and min, as rounded, add up to exactly 1. */
const halfRange = (min: number): Tensor => tf.mul(tf.sub(1, real(min)), 0.5);
