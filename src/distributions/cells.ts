import { stopGradient, tf, type Tensor } from "../engine/index.ts";
import type { Cells } from "../model.ts";
import { real } from "./real.ts";

/** The counts k and the noise u within the cells of dequantised rows, x = origin + width (k + u); k has no gradient. */
export function inCells(x: Tensor, { origin, width }: Cells): { counts: Tensor; rest: Tensor } {
  const scaled = tf.div(tf.sub(x, real(origin)), real(width));
  const counts = tf.floor(stopGradient(scaled));
  return { counts, rest: tf.sub(scaled, counts) };
}

/** The row of these counts and this noise. */
export const outOfCells = (counts: Tensor, rest: Tensor, { origin, width }: Cells): Tensor =>
  tf.add(tf.mul(tf.add(counts, rest), real(width)), real(origin));

/**
 * The same counts with other noise u (uniform, of the rows' shape), so that a training step sees the counts and not one
 * draw of their noise. In float32 an entry on the lower edge of the first cell may come out a little below it: it belongs
 * to that cell.
 */
export function redraw(rows: Tensor, u: Tensor, cells: Cells): Tensor {
  const { counts } = inCells(rows, cells);
  return outOfCells(tf.maximum(stopGradient(counts), 0), u, cells);
}
