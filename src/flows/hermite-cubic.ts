import { tf, whileLoop, type Tensor } from "../engine/index.ts";

/*
 * The cubic Hermite interpolant on the unit square: φ(0) = 0, φ(1) = 1, φ′(0) = p, φ′(1) = q. With η = 1 − ξ, s = 3 − p − q:
 *
 *     φ(ξ) − ξ = ξη((p − 1)η − (q − 1)ξ)        φ′(ξ) = η(pη + sξ) + ξ(qξ + sη)
 *
 * which is exactly the identity at p = q = 1, and keeps the digits of small slopes at the ends.
 */

/** What value and gradient need to know of a point of the cubic. */
export interface Cubic {
  readonly xi: Tensor;
  readonly eta: Tensor;
  readonly s: Tensor;
  readonly pEta: Tensor;
  readonly qXi: Tensor;
  /** φ(ξ) − ξ. */
  readonly offset: Tensor;
  /** φ′(ξ). */
  readonly slope: Tensor;
}

/** The cubic at ξ. */
export function cubic(xi: Tensor, p: Tensor, q: Tensor): Cubic {
  const eta = tf.sub(1, xi);
  const [pEta, qXi] = [tf.mul(p, eta), tf.mul(q, xi)];
  const s = tf.sub(3, tf.add(p, q));
  const bend = tf.sub(tf.sub(pEta, qXi), tf.sub(eta, xi));
  const slope = tf.add(
    tf.mul(eta, tf.add(pEta, tf.mul(s, xi))),
    tf.mul(xi, tf.add(qXi, tf.mul(s, eta))),
  );
  return { xi, eta, s, pEta, qXi, offset: tf.mul(tf.mul(xi, eta), bend), slope };
}

/** No element needs as many. */
const MOST_STEPS = 60;
/** Largest residual from which every further step of Newton's shrinks it, for slopes of at least ε = 0.01. */
const FAR = 1e-5;

/**
 * The root ξ of φ(ξ) = u in [0, 1], for a strictly increasing φ. Newton's method inside a bracket that every step narrows;
 * a step that leaves it is replaced by the bracket's middle. It starts at u and ends where the residual no longer falls,
 * which is round-off: after 4 to 13 steps. Each element ends by itself, so that its root does not depend on what else is in
 * the batch; a NaN stays one. No gradient.
 */
export function cubicRoot(u: Tensor, p: Tensor, q: Tensor): Tensor {
  const ones = tf.onesLike(u);
  const { xi } = whileLoop(
    ({ residual, before, step }) =>
      tf.logicalAnd(tf.less(step, MOST_STEPS), tf.any(falls(residual, before))),
    ({ xi: guess, low, high, residual, before, step }) => {
      const { offset, slope } = cubic(guess, p, q);
      const error = tf.sub(tf.add(guess, offset), u);
      const above = tf.greater(error, 0);
      const [from, to] = [tf.where(above, low, guess), tf.where(above, guess, high)];
      const newton = tf.sub(guess, tf.div(error, slope));
      const within = tf.logicalAnd(tf.greaterEqual(newton, from), tf.lessEqual(newton, to));
      const next = tf.where(within, newton, tf.mul(tf.add(from, to), 0.5));
      return {
        xi: tf.where(falls(residual, before), next, guess),
        low: from,
        high: to,
        residual: tf.abs(error),
        before: residual,
        step: tf.add(step, 1),
      };
    },
    {
      xi: u,
      low: tf.zerosLike(u),
      high: ones,
      residual: ones,
      before: ones,
      step: tf.scalar(0),
    },
  );
  return xi;
}

/** Whether the search goes on; false for NaN. */
function falls(residual: Tensor, before: Tensor): Tensor {
  const far = tf.greater(tf.maximum(residual, before), FAR);
  return tf.logicalOr(far, tf.less(tf.mul(residual, 2), before));
}
