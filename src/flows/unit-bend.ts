import { offTape, tf, type Tensor } from "../engine/index.ts";
import type { Transformer } from "./transformer.ts";

/** Largest logarithm of a slope at 0 or 1. */
const CLAMP = 4;

/**
 * A strictly increasing map of [0, 1] onto itself: one bin of a rational-quadratic spline (Gregory & Delbourgo 1982;
 * Durkan et al. 2019, arXiv:1906.04032) with slopes p at 0 and q at 1. With η = 1 − ξ and E = ξ² + η² + (p + q) ξη:
 *
 *     y = (ξ² + p ξη) / E        dy/dξ = (q ξ² + 2 ξη + p η²) / E²
 *
 * Slopes are bounded away from 0 and ∞, up to the ends, where logistic maps of logits have neither. All terms are
 * positive, so nothing cancels. Two parameters per entry, ln p and ln q before their clamp; the identity at zero.
 */
export const unitBend: Transformer = {
  blocks: [1, 1],
  forward(x, raw) {
    const { p, q } = slopes(raw);
    const { y, logSlope } = evaluate(x, tf.sub(1, x), p, q);
    return { y, logSlope };
  },
  /** The root without cancellation: with m = p(1 − y) − qy, ξ : 1 − ξ = 2y : m + r or, for negative m, r − m : 2(1 − y). */
  inverse(y, raw) {
    const { p, q } = slopes(raw);
    const rest = tf.sub(1, y);
    const m = tf.sub(tf.mul(p, rest), tf.mul(q, y));
    const r = tf.sqrt(tf.add(tf.square(m), tf.mul(tf.mul(y, rest), 4)));
    const positive = offTape(() => tf.greaterEqual(m, 0));
    const left = tf.where(positive, tf.mul(y, 2), tf.sub(r, m));
    const right = tf.where(positive, tf.add(m, r), tf.mul(rest, 2));
    const sum = tf.add(left, right);
    const [x, eta] = [tf.div(left, sum), tf.div(right, sum)];
    return { x, logSlope: tf.neg(evaluate(x, eta, p, q).logSlope) };
  },
};

function slopes(raw: Tensor): { p: Tensor; q: Tensor } {
  const bounded = tf.exp(tf.mul(tf.tanh(tf.mul(raw, 1 / CLAMP)), CLAMP));
  const [p, q] = tf.split(bounded, 2, 1) as [Tensor, Tensor];
  return { p, q };
}

function evaluate(xi: Tensor, eta: Tensor, p: Tensor, q: Tensor): { y: Tensor; logSlope: Tensor } {
  const [xx, xe, ee] = [tf.square(xi), tf.mul(xi, eta), tf.square(eta)];
  const denominator = tf.addN([xx, ee, tf.mul(tf.add(p, q), xe)]);
  const slope = tf.addN([tf.mul(q, xx), tf.mul(xe, 2), tf.mul(p, ee)]);
  return {
    y: tf.div(tf.add(xx, tf.mul(p, xe)), denominator),
    logSlope: tf.sub(tf.log(slope), tf.mul(tf.log(denominator), 2)),
  };
}
