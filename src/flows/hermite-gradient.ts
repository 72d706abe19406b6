import { gatherElements, offTape, tf, type Tensor } from "../engine/index.ts";
import { real, realTensor } from "../distributions/real.ts";
import type { Cubic } from "./hermite-cubic.ts";
import { FLATTEST, STEEPEST, type HermiteShape, type Piece } from "./hermite-piece.ts";

/**
 * Gradient of the Hermite spline, in closed form: towards x, raw widths and heights, raw slopes. What autodiff would sum over
 * all bins goes to three bins and two knots only.
 *
 * With φ and φ′ of `cubic`, ℓ = ln(d φ′), d = h/w, and R = d±/d the secants beside the bin by its own:
 *
 *     ∂φ/∂(p, q) = ξη · (η, −ξ)        ∂φ′/∂ξ = 2(qξ − pη + s(η − ξ))        ∂φ′/∂(p, q) = (η², ξ²) − 2ξη
 *     (p, q) = min(R, 1) · limit(τ), at ±bound R: of the first kind ∂ln p/∂ln R is 1 where R < 1, else 0
 *
 * @param dy, dLogSlope gradients towards the value and towards ℓ, [1, d, 1, N]
 */
export function pullHermite(
  piece: Piece,
  { xi, eta, pEta, qXi, s, offset, slope }: Cubic,
  dy: Tensor,
  dLogSlope: Tensor,
  shape: HermiteShape,
): [x: Tensor, sizes: Tensor, slopes: Tensor] {
  const { inside, w, h, secant, sizes, ends, steepness, capped, tau, pq } = piece;
  const side = real(2 * shape.bound);
  const gy = tf.mul(dy, tf.mul(inside, side));
  const gl = tf.mul(dLogSlope, inside);
  const perSlope = tf.div(gl, slope);
  const xiEta = tf.mul(xi, eta);
  const halfBend = tf.add(tf.sub(qXi, pEta), tf.mul(s, tf.sub(eta, xi)));
  const alongX = tf.add(
    tf.mul(gy, tf.mul(secant, slope)),
    tf.div(tf.mul(tf.mul(perSlope, halfBend), 2), w),
  );

  // Towards p and q, [1, d, 2, N].
  const reach = tf.mul(tf.mul(gy, h), xiEta);
  const squares = tf.sub(tf.square(tf.concat([eta, xi], 2)), tf.mul(xiEta, 2));
  const towardsPq = tf.add(
    tf.mul(reach, tf.concat([eta, tf.neg(xi)], 2)),
    tf.mul(perSlope, squares),
  );
  // Towards ln of the secants of the bins k − 1, k, k + 1, and so towards their sizes.
  const free = offTape(() => tf.cast(tf.logicalOr(ends, tf.less(steepness, 1)), "float32"));
  const beside = tf.mul(tf.mul(towardsPq, pq), free);
  const [before, after] = tf.split(beside, 2, 2) as [Tensor, Tensor];
  const own = tf.sub(tf.sub(gl, before), after);
  const bySecant = tf.div(
    tf.mul(tf.concat([before, own, after], 2), tf.tensor([-1, 1], [2, 1, 1, 1])),
    sizes,
  );
  const [sizeBefore, sizeOwn, sizeAfter] = tf.split(bySecant, 3, 2) as [Tensor, Tensor, Tensor];
  const low = tf.concat([tf.neg(alongX), gy], 0);
  const direct = tf.mul(low, tf.concat([xi, tf.add(xi, offset)], 0));

  const [left, right] = tf.split(tf.mul(tf.mul(towardsPq, capped), limitSlope(tau)), 2, 2) as [
    Tensor,
    Tensor,
  ];
  const zero = tf.zerosLike(gl);
  const cases = tf.concat(
    [
      tf.concat(
        [low, tf.add(low, sizeBefore), tf.add(sizeOwn, direct), sizeAfter, zeros2(zero)],
        2,
      ),
      tf.concat([zero, zero, left, right, zero], 2),
    ],
    0,
  );
  const [bins, knots] = tf.split(perBin(cases, piece, shape.bins), [2, 1], 0) as [Tensor, Tensor];
  const [, d = 1, count = 2, rows = 1] = knots.shape;
  return [
    // Beyond the square y = x; a sum with differences would lose a small slope's digits.
    tf.add(tf.mul(dy, tf.sub(1, inside)), tf.div(alongX, side)),
    towardsShares(bins, piece, shape),
    tf.slice(knots, [0, 0, 1, 0], [1, d, count - 1, rows]),
  ];
}

const zeros2 = (zero: Tensor): Tensor => tf.concat([zero, zero], 0);

/** Derivative of 1 + 4(1 − ε) τ/(3 − τ) by the raw number, τ = tanh(raw/2). */
const limitSlope = (tau: Tensor): Tensor =>
  tf.div(tf.mul(tf.sub(1, tf.square(tau)), real(6 * (1 - FLATTEST))), tf.square(tf.sub(3, tau)));

/** For j = 0 … K − 1 the case of five that it is: j < k − 1, j = k − 1, j = k, j = k + 1, j > k + 1. [3, d, 5, N] → [3, d, K, N] */
function perBin(cases: Tensor, { bin }: Piece, bins: number): Tensor {
  const positions = tf.tensor(
    Array.from({ length: 3 * bins }, (_, i) => (i % bins) + 2),
    [3, 1, bins, 1],
  );
  const index = offTape(() => tf.cast(tf.clipByValue(tf.sub(positions, bin.k), 0, 4), "int32"));
  return gatherElements(cases, index, 2);
}

/**
 * From the bins' widths and lifted heights [2, d, K, N] to raw ones. With V = the gradient towards a lifted height, less the
 * mean of those of the inner bins: an inner first guess has V times the inner scale, an end's V · (1 − 1/STEEPEST), and
 * V / STEEPEST goes to the end's width. (Shares sum to 1, so that a constant does not matter.)
 */
function towardsShares(
  towards: Tensor,
  { share, lift }: Piece,
  { bins, minWidth, minHeight }: HermiteShape,
): Tensor {
  const [widths, heights] = tf.split(towards, 2, 0) as [Tensor, Tensor];
  const [widthShare, heightShare] = tf.split(share, 2, 0) as [Tensor, Tensor];
  const [, d = 1, , rows = 1] = heights.shape;
  const spread = [1 - bins * minWidth, 1 - bins * minHeight];
  const innerOf = (x: Tensor): Tensor => tf.slice(x, [0, 0, 1, 0], [1, d, bins - 2, rows]);
  const centred =
    bins === 2
      ? heights
      : tf.sub(
          heights,
          tf.div(
            tf.sum(
              tf.mul(
                innerOf(heights),
                tf.add(tf.mul(innerOf(heightShare), real(spread[1] ?? 1)), real(minHeight)),
              ),
              2,
              true,
            ),
            lift.room,
          ),
        );
  const ends = (value: number): Tensor =>
    realTensor(
      Array.from({ length: bins }, (_, k) => (k === 0 || k === bins - 1 ? value : 0)),
      [1, 1, bins, 1],
    );
  const factor = tf.add(tf.mul(ends(1), tf.sub(real(1 - 1 / STEEPEST), lift.scale)), lift.scale);
  const pulled = (towardsSize: Tensor, own: Tensor, scale: number): Tensor => {
    const weighted = tf.mul(own, towardsSize);
    return tf.mul(tf.sub(weighted, tf.mul(own, tf.sum(weighted, 2, true))), real(scale));
  };
  const towardsWidths = tf.add(widths, tf.mul(centred, ends(1 / STEEPEST)));
  return tf.concat(
    [
      pulled(towardsWidths, widthShare, spread[0] ?? 1),
      pulled(tf.mul(centred, factor), heightShare, spread[1] ?? 1),
    ],
    0,
  );
}
