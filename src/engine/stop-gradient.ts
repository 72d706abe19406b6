import { tf, type Tensor } from "./tf.ts";

/**
 * The value of x, and a gradient of zero. TensorFlow.js has none of its own.
 *
 * Comparisons, logical operators and argmax have no gradient function and throw where the tape meets them, behind this
 * too: take them off the tape, `offTape(() => tf.greater(x, 0))`.
 */
export function stopGradient<T extends Tensor>(x: T): T {
  const detach = tf.customGrad((input) => ({
    value: tf.clone(input as Tensor),
    gradFunc: () => tf.zerosLike(input as Tensor),
  }));
  return detach(x) as T;
}
