import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { differentiated } from "./differentiated.ts";
import { cubic, cubicRoot, type Cubic } from "./hermite-cubic.ts";
import { pullHermite } from "./hermite-gradient.ts";
import { pieceAt, type HermiteShape, type Piece } from "./hermite-piece.ts";
import { splineShape } from "./spline-shape.ts";
import { splineTransformer } from "./spline-transformer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Monotone cubic Hermite spline with free knots, values and slopes (Fritsch & Carlson 1980, with strict limits).
 * Parameters per entry: raw widths [K], raw heights [K], raw slopes at the inner knots [K − 1].
 *
 * Slopes: m = d · (1 + 4(1 − ε) τ/(3 − τ)) with τ = tanh(raw/2) and d the smaller secant beside the knot, so that
 * ε·d < m < (3 − 2ε)·d: the slope inside a bin is then positive everywhere, where Fritsch & Carlson's 3·d at both ends
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
  const shift = ({ inside, lowX, lowY, w, h }: Piece, { xi, offset }: Cubic): Tensor => {
    const rise = tf.add(tf.mul(tf.sub(h, w), xi), tf.mul(h, offset));
    return tf.mul(tf.add(tf.sub(lowY, lowX), rise), tf.mul(inside, real(2 * bound)));
  };
  const logSlope = ({ inside, secant }: Piece, { slope }: Cubic): Tensor =>
    tf.mul(tf.log(tf.mul(secant, slope)), inside);
  const forwardAt = ([x, ...parameters]: readonly Tensor[]): { piece: Piece; curve: Cubic } => {
    const piece = pieceAt("x", x as Tensor, parameters, full);
    const { t, lowX, w, p, q } = piece;
    return { piece, curve: cubic(tf.div(tf.sub(t, lowX), w), p, q) };
  };
  return splineTransformer({
    blocks: [bins, bins, bins - 1],
    forward: (x, parameters) =>
      differentiated(
        [x, ...parameters],
        (inputs) => {
          const { piece, curve } = forwardAt(inputs);
          return {
            y: tf.add(inputs[0] as Tensor, shift(piece, curve)),
            logSlope: logSlope(piece, curve),
          };
        },
        (inputs, dy, dLogSlope) => {
          const { piece, curve } = forwardAt(inputs);
          return pullHermite(piece, curve, dy, dLogSlope, full);
        },
      ),
    solve(y, parameters) {
      const piece = pieceAt("y", y, parameters, full);
      const { t, lowY, h, p, q } = piece;
      const xi = cubicRoot(tf.clipByValue(tf.div(tf.sub(t, lowY), h), 0, 1), p, q);
      const curve = cubic(xi, p, q);
      return { y: tf.sub(y, shift(piece, curve)), logSlope: tf.neg(logSlope(piece, curve)) };
    },
  });
}
