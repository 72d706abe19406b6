import { tf, type Tensor } from "../engine/index.ts";

/** The sum of log-determinants [N] for these rows, in one operation: in a compiled step the number of nodes is the cost. */
export function totalLogDet(logDets: readonly Tensor[], rows: Tensor): Tensor {
  const [first] = logDets;
  if (first === undefined) return tf.zeros([rows.shape[0]]);
  return logDets.length === 1 ? first : tf.addN([...logDets]);
}
