import { tf, type Tensor } from "./tf.ts";
import { whileLoop } from "./while-loop.ts";

/**
 * log|det A| of every matrix of a batch, [N, D, D] → [N], in the program's precision. A singular matrix gives −∞, one with
 * an entry that is not finite gives NaN.
 *
 * Gaussian elimination with partial pivoting in one loop of D steps, all matrices at once: the logarithms of the pivots are
 * added, so that nothing over- or underflows as the determinant itself does. Rows are not swapped; a mask says which of
 * them have been pivots. No gradient: it throws on the tape, as whileLoop does.
 */
export function logAbsDet(matrices: Tensor): Tensor {
  const [count = 0, dim = 0, columns = 0] = matrices.shape;
  if (matrices.rank !== 3 || dim !== columns)
    throw new Error(
      `logAbsDet: expected square matrices [N, D, D], got [${matrices.shape.join(", ")}].`,
    );
  const { total } = whileLoop(
    ({ step }) => tf.less(step, dim),
    ({ rest, unused, total: sum, step }) => {
      const index = tf.reshape(tf.cast(step, "int32"), [1]);
      const column = tf.reshape(tf.gather(rest, index, 2), [count, dim]);
      // Rows that have been pivots stand below every absolute value; the others keep theirs, however small.
      const size = tf.sub(tf.mul(tf.abs(column), unused), tf.sub(1, unused));
      const at = tf.reshape(tf.argMax(size, 1), [count, 1]);
      const chosen = tf.cast(tf.equal(tf.range(0, dim, 1, "int32"), at), "float32");
      const left = tf.mul(unused, tf.sub(1, chosen));
      const row = tf.matMul(tf.reshape(chosen, [count, 1, dim]), rest);
      const pivot = tf.sum(tf.mul(column, chosen), 1, true);
      const safe = tf.where(tf.equal(pivot, 0), tf.onesLike(pivot), pivot);
      const factors = tf.div(tf.mul(column, left), safe);
      return {
        rest: tf.sub(rest, tf.mul(tf.reshape(factors, [count, dim, 1]), row)),
        unused: left,
        total: tf.add(sum, tf.log(tf.abs(tf.reshape(pivot, [count])))),
        step: tf.add(step, 1),
      };
    },
    {
      rest: matrices,
      unused: tf.ones([count, dim]),
      total: tf.zeros([count]),
      step: tf.scalar(0),
    },
  );
  // Comparisons do not see a NaN, so that its row might never be a pivot.
  const finite = tf.isFinite(tf.sum(tf.abs(matrices), [1, 2]));
  return tf.where(finite, total, tf.fill([count], NaN));
}
