import { tf, type Tensor } from "../engine/index.ts";

/**
 * A constant to (nearly) double precision: TensorFlow.js rounds what it is given to float32, so the numbers go in as
 * the sum of two floats, which a float64 program adds exactly and any compiled one adds beforehand. Relative error below
 * 2⁻⁴⁸.
 */
export function realTensor(values: readonly number[], shape: readonly number[]): Tensor {
  const high = values.map((value) => Math.fround(value));
  const low = values.map((value, i) => Math.fround(value - (high[i] ?? 0)));
  const tensor = (part: readonly number[]): Tensor => tf.tensor([...part], [...shape], "float32");
  return low.every((value) => value === 0) ? tensor(high) : tf.add(tensor(high), tensor(low));
}

/** The same for one number, a scalar. */
export const real = (value: number): Tensor => realTensor([value], []);
