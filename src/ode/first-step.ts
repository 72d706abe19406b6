import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import type { Dynamics } from "./dynamics.ts";

/** Squares of larger numbers, or of what is not a number, would spoil the rest. */
const LARGE = 1e15;

/** Root mean square over the columns, [N, S] → [N, 1]. */
function rootMeanSquare(x: Tensor): Tensor {
  const size = tf.abs(x);
  return tf.sqrt(tf.mean(tf.square(tf.where(tf.lessEqual(size, LARGE), size, LARGE)), 1, true));
}

/**
 * Length of a first step for each row, from the sizes of y, f and of f's change over a small Euler step (Hairer, Nørsett &
 * Wanner, Solving Ordinary Differential Equations I, II.4, "Starting step size"). Evaluates the dynamics once. What they
 * bound by absolute times is relative to the interval here.
 *
 * @param slope f(t, y), [N, S]
 * @param direction 1 or −1, of the time
 * @param span length of the interval
 * @param k order of the error estimate plus one
 * @returns [N, 1], positive
 */
export function firstStep(
  dynamics: Dynamics,
  { t, y, slope }: { t: Tensor; y: Tensor; slope: Tensor },
  { direction, span, k }: { direction: number; span: number; k: number },
  { rtol, atol }: { rtol: number; atol: number },
): Tensor {
  const scale = tf.add(tf.mul(tf.abs(y), real(rtol)), real(atol));
  const size = rootMeanSquare(tf.div(y, scale));
  const speed = rootMeanSquare(tf.div(slope, scale));
  const unclear = tf.less(tf.minimum(size, speed), 1e-5);
  const guess = tf.minimum(
    tf.where(unclear, real(1e-6 * span), tf.div(tf.mul(size, 0.01), tf.maximum(speed, 1e-5))),
    real(span),
  );
  const step = tf.mul(guess, direction);
  const ahead = dynamics(tf.add(t, step), tf.add(y, tf.mul(slope, step)));
  const bend = tf.div(rootMeanSquare(tf.div(tf.sub(ahead, slope), scale)), guess);
  const steepest = tf.maximum(speed, bend);
  const fromBend = tf.where(
    tf.lessEqual(steepest, 1e-15),
    tf.maximum(tf.mul(guess, 1e-3), real(1e-6 * span)),
    tf.pow(tf.div(0.01, tf.maximum(steepest, 1e-15)), real(1 / k)),
  );
  return tf.minimum(tf.minimum(tf.mul(guess, 100), fromBend), real(span));
}
