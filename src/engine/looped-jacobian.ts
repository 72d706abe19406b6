import { tf, type Tensor } from "./tf.ts";
import { whileLoop } from "./while-loop.ts";

/**
 * The Jacobian of every row at once, as `jacobian` gives it: f takes rows [N, D] to rows [N, E], each from its own row
 * alone; the result is [N, E, D]. One reverse pass in each of E steps of a loop, so that memory holds one pass over the N
 * rows, where `jacobian` holds one over N E. No gradient: it throws on the tape, as whileLoop does.
 */
export function loopedJacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const [count = 0, inputs = 0] = x.shape;
  const outputs = f(x).shape[1] ?? 0;
  const { rows } = whileLoop(
    ({ output }) => tf.less(output, outputs),
    ({ rows: before, output }) => {
      const hit = tf.equal(tf.range(0, outputs), output);
      const unit = tf.mul(tf.cast(hit, "float32"), tf.ones([count, 1]));
      const product = tf.reshape(tf.grad(f)(x, unit), [count, 1, inputs]);
      return {
        rows: tf.where(tf.reshape(hit, [1, outputs, 1]), product, before),
        output: tf.add(output, 1),
      };
    },
    { rows: tf.zeros([count, outputs, inputs]), output: tf.scalar(0) },
  );
  return rows;
}
