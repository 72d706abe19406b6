import { tf, type Tensor } from "../engine/index.ts";

/** f with the derivative `slope`, which may be differentiated again. */
const withSlope =
  (f: (x: Tensor) => Tensor, slope: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    tf.customGrad((input, save) => {
      const given = input as Tensor;
      (save as (tensors: Tensor[]) => void)([given]);
      const gradFunc = (dy: Tensor, [saved]: Tensor[]): Tensor =>
        tf.mul(dy, slope(saved as Tensor));
      return { value: f(given), gradFunc };
    })(x);

const value = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** With s = sigmoid(x) and y = x s, the derivative is y + s (1 − y) … */
const firstSlope = (x: Tensor): Tensor => {
  const y = value(x);
  return tf.add(y, tf.mul(tf.sigmoid(x), tf.sub(1, y)));
};
/** … and the second one s (1 − s) (2 + x − 2 y). */
const secondSlope = (x: Tensor): Tensor => {
  const s = tf.sigmoid(x);
  return tf.mul(tf.mul(s, tf.sub(1, s)), tf.add(tf.sub(x, tf.mul(2, value(x))), 2));
};

/**
 * x · sigmoid(x); Elfwing, Uchibe & Doya (2017), arXiv:1702.03118. Its derivatives are written out, since those of the
 * product take twice as many operations, and a free-form flow's step takes the second one in every layer.
 */
export const silu = withSlope(value, withSlope(firstSlope, secondSlope));
