import { tf, type Tensor } from "../engine/index.ts";

/** A column [N, 1] of one number, to (nearly) double precision in a float64 program, as `real` is. */
export function column(rows: number, value: number): Tensor {
  const high = Math.fround(value);
  const low = Math.fround(value - high);
  const filled = (part: number): Tensor => tf.fill([rows, 1], part);
  return low === 0 ? filled(high) : tf.add(filled(high), filled(low));
}
