import { tf, type Tensor } from "../engine/index.ts";

/**
 * Uniform numbers on [0, 1), one in each of B equal parts: means over a batch scatter less, with the same expectation as for
 * independent ones. Recordable.
 *
 * @param uniform [B, 1] on [0, 1)
 * @returns [B, 1], increasing
 */
export function stratified(uniform: Tensor): Tensor {
  const [count = 1] = uniform.shape;
  return tf.div(tf.add(tf.expandDims(tf.range(0, count), 1), uniform), count);
}
