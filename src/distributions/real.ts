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

/** The same for a list of constants: [n]. */
export function realTensor(values: readonly number[]): Tensor {
  const high = values.map(Math.fround);
  const low = values.map((value, i) => Math.fround(value - (high[i] ?? 0)));
  return tf.add(tf.tensor1d(high), tf.tensor1d(low));
}
