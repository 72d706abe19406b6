import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";

const SAFETY = 0.9;
/** Bounds of the factor from one step to the next. */
const LEAST = 0.2;
const MOST = 10;
/** An error that is not a number, or beyond 10⁸ tolerances: all of them shrink the step by `LEAST`. */
const LARGE = 1e16;
const TINY = 1e-20;

/** The ceiling of the next step's factor after an accepted step; after a rejected one it is 0. Natural logarithm. */
export const LOG_MOST = Math.log(MOST);
/** What an error before counts at least, squared: a lucky small one should not shrink the next step. */
export const LOG_LEAST_ERROR = Math.log(1e-8);

/**
 * How a step's length goes on, by the controller of Hairer, Nørsett & Wanner (Solving Ordinary Differential Equations I,
 * II.4, and II, IV.2, as in their code DOPRI5): with e the error over the tolerance and e′ that of the accepted step before,
 *
 *     factor = 0.9 · e^(−α) · e′^β,   α = 1/k − ¾β,   β = 0.2/k,   k the order of the error estimate plus one,
 *
 * within [0.2, 10], at most 1 after a rejected step; without e′ if this one is rejected.
 *
 * @param squared e², [N, 1]; perhaps not a number
 * @param before ln e′², [N, 1]
 * @param ceiling ln of the largest factor, [N, 1]
 * @returns ln e² within bounds, and the factor
 */
export function growth(
  {
    squared,
    before,
    ceiling,
    accepted,
  }: { squared: Tensor; before: Tensor; ceiling: Tensor; accepted: Tensor },
  k: number,
): { logError: Tensor; factor: Tensor } {
  const beta = 0.2 / k;
  const alpha = 1 / k - 0.75 * beta;
  const bounded = tf.where(tf.lessEqual(squared, LARGE), tf.maximum(squared, TINY), LARGE);
  const logError = tf.log(bounded);
  const own = tf.sub(real(Math.log(SAFETY)), tf.mul(logError, real(alpha / 2)));
  const both = tf.add(own, tf.mul(before, real(beta / 2)));
  const wanted = tf.where(accepted, both, own);
  const factor = tf.exp(tf.maximum(tf.minimum(wanted, ceiling), real(Math.log(LEAST))));
  return { logError, factor };
}
