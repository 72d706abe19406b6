import { tf, type Tensor } from "../engine/index.ts";
import { real, realTensor } from "../distributions/real.ts";
import { atBin, findBin, inUnits, knots, shares } from "./spline-bins.ts";
import { splineShape, type SplineShape } from "./spline-shape.ts";
import { splineTransformer } from "./spline-transformer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Monotone linear spline on bins of equal width: its slope is piecewise constant (Müller et al. 2019, arXiv:1808.03856).
 * Parameters per entry: raw heights [K].
 *
 * Departures from the paper, which works on [0, 1] without tails: identity beyond ±bound, where the slope jumps as it does
 * at every knot (there it is that of the bin above; at ±bound it is 1); a bin's height has a minimum.
 */
export function linearSpline(
  shape: Partial<Omit<SplineShape, "minWidth" | "minSlope">> = {},
): Transformer {
  const full = splineShape("linear spline", shape);
  const { bins, bound, minHeight } = full;
  const evenly = Array.from({ length: bins + 1 }, (_, k) => k / bins);
  const positions = (): Tensor => realTensor(evenly, [1, 1, bins + 1, 1]);
  const pieceAt = (side: "x" | "y", at: Tensor, heights: Tensor) => {
    const { t, inside } = inUnits(at, bound);
    // Knots as they deviate from even ones: exactly 0 for equal heights.
    const even = tf.div(tf.scalar(1), bins);
    const off = knots(tf.sub(shares(heights), even), [minHeight]);
    const bin = findBin(t, side === "x" ? positions() : tf.add(off, positions()));
    const [offLow, offHigh] = tf.split(atBin(off, bin), 2, 2) as [Tensor, Tensor];
    const lowX = tf.div(bin.k, bins);
    const rise = tf.sub(offHigh, offLow);
    const slope = tf.add(tf.mul(rise, bins), 1);
    return {
      /** How far through the bin. */
      xi:
        side === "x"
          ? tf.mul(tf.sub(t, lowX), bins)
          : tf.div(tf.mul(tf.sub(t, tf.add(lowX, offLow)), bins), slope),
      logSlope: tf.mul(tf.log(slope), inside),
      /** y − x. */
      shift: (xi: Tensor): Tensor =>
        tf.mul(tf.add(offLow, tf.mul(rise, xi)), tf.mul(inside, real(2 * bound))),
    };
  };
  return splineTransformer({
    blocks: [bins],
    forward(x, [heights]) {
      const { xi, logSlope, shift } = pieceAt("x", x, heights as Tensor);
      return { y: tf.add(x, shift(xi)), logSlope };
    },
    solve(y, [heights]) {
      const { xi, logSlope, shift } = pieceAt("y", y, heights as Tensor);
      return { y: tf.sub(y, shift(xi)), logSlope: tf.neg(logSlope) };
    },
  });
}
