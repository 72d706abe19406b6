import { tf, type Tensor } from "../engine/index.ts";

/** Some of many rows, taken out to be worked on and put back. */
export interface Part {
  /** The rows of the part, [N, …] → [M, …]. */
  readonly take: (rows: Tensor) => Tensor;
  /** The rows [N, …] with those of the part, [M, …], in their old places. */
  readonly putBack: (part: Tensor, rows: Tensor) => Tensor;
}

/**
 * A part of `size` rows that holds all active ones, if there are no more than that, and others beside them: shapes are
 * static.
 *
 * @param active [N, 1]
 */
export function activeFirst(active: Tensor, size: number): Part {
  const [count = 1] = active.shape;
  const row = tf.range(0, count);
  const flags = tf.cast(tf.reshape(active, [count]), "float32");
  const ahead: Tensor = tf.cumsum(flags, 0, true);
  // The active rows in their order, then the others in theirs.
  const place = tf.where(
    tf.reshape(active, [count]),
    ahead,
    tf.add(tf.sum(flags), tf.sub(row, ahead)),
  );
  const order: Tensor = tf.scatterND(tf.cast(tf.reshape(place, [count, 1]), "int32"), row, [count]);
  const chosen = tf.cast(tf.slice(order, 0, size), "int32");
  const within = tf.less(place, size);
  const source = tf.cast(tf.minimum(place, size - 1), "int32");
  return {
    take: (rows) => tf.gather(rows, chosen),
    putBack: (part, rows) =>
      tf.where(
        tf.reshape(within, [count, ...rows.shape.slice(1).map(() => 1)]),
        tf.gather(part, source),
        rows,
      ),
  };
}
