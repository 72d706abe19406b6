import { tf, type Tensor } from "./tf.ts";

/**
 * The value of x, and a gradient of zero. TensorFlow.js has none of its own. Comparisons, logical operators and
 * argmax have no gradient function and throw when the tape meets them: apply this to what they are computed from.
 */
export const stopGradient: <T extends Tensor>(x: T) => T = tf.customGrad((x) => {
  const input = x as Tensor;
  return { value: tf.clone(input), gradFunc: () => tf.zerosLike(input) };
}) as never;
