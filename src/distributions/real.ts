import { tf, type Tensor } from "../engine/index.ts";

/**
 * A number of double precision as a sum of floats: TensorFlow.js rounds what it is given to
 * float32, and a float64 program adds them exactly. In float32 the first one is the sum.
 */
function floatsOf(value: number): readonly [number, number, number] {
  const high = Math.fround(value);
  // Infinity less infinity is no number.
  if (!Number.isFinite(high)) return [high, 0, 0];
  const middle = Math.fround(value - high);
  return [high, middle, Math.fround(value - high - middle)];
}

/** A sum of the parts of numbers, the last ones left out where all are zero. */
function summed(values: readonly number[], tensor: (part: readonly number[]) => Tensor): Tensor {
  const floats = values.map(floatsOf);
  const [high, middle, low] = [0, 1, 2].map((i) => floats.map((parts) => parts[i] ?? 0)) as [
    number[],
    number[],
    number[],
  ];
  const isZero = (part: readonly number[]): boolean => part.every((value) => value === 0);
  if (isZero(middle) && isZero(low)) return tensor(high);
  const most = tf.add(tensor(high), tensor(middle));
  return isZero(low) ? most : tf.add(most, tensor(low));
}

/**
 * A constant to double precision in float64 programs; a compiled program adds its parts beforehand. Exact for numbers whose
 * parts float32 can hold: from 1e-30 or so up.
 */
export const realTensor = (values: readonly number[], shape: readonly number[]): Tensor =>
  summed(values, (part) => tf.tensor([...part], [...shape], "float32"));

/** The same for one number, a scalar. */
export const real = (value: number): Tensor => realTensor([value], []);

/** The same for one number in every entry. */
export const realFill = (shape: readonly number[], value: number): Tensor =>
  summed([value], ([part = 0]) => tf.fill([...shape], part));
