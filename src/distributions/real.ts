import { tf, type Tensor } from "../engine/index.ts";

/**
 * A scalar constant to (nearly) double precision: TensorFlow.js rounds what it is given to float32, so the number
 * goes in as the sum of two floats, which a float64 program adds exactly. 48 bits, relative error below 2⁻⁴⁸.
 */
export function real(value: number): Tensor {
  const high = Math.fround(value);
  const low = Math.fround(value - high);
  return low === 0 ? tf.scalar(high) : tf.add(tf.scalar(high), tf.scalar(low));
}
