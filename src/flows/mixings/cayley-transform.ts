import { identityMatrix, tf, whileLoop, type Tensor, type Tensor2D } from "../../engine/index.ts";

/** Newton's iteration ends at round-off long before; this ends it where I + A is singular to round-off or NaN. */
const MOST_STEPS = 64;
/** Squared residual after which one more step reaches round-off, in float64 too. */
const SMALL = 1e-17;
/** Squared residual above which progress may be slow. */
const FAR = 1e-2;

/** (I − A)(I + A)⁻¹ = 2 (I + A)⁻¹ − I [D, D] of a skew-symmetric A [D, D]: orthonormal, of determinant 1. */
export const cayleyTransform = (skew: Tensor2D): Tensor =>
  tf.sub(tf.mul(invertShifted(skew), 2), identityMatrix(skew.shape[0]));

/**
 * X = (I + A)⁻¹ for skew-symmetric A, with the gradient −Xᵀ G Xᵀ. By Newton's iteration X ← X + X (I − (I + A) X) (Schulz
 * 1933), whose steps are matrix products. Its start 2 (I + A)ᵀ / (2 + s) converges for every s ≥ ‖A‖₂², as the
 * eigenvalues of (I + A)(I + A)ᵀ = I − A² lie in [1, 1 + s]; A's singular values come in pairs, so that half the sum of
 * the squares is such an s.
 */
function invertShifted(skew: Tensor): Tensor {
  const invert = tf.customGrad((a, save) => {
    const x = newton(a as Tensor2D);
    (save as (tensors: Tensor[]) => void)([x]);
    const gradient = (dx: Tensor, [saved]: Tensor[]): Tensor => {
      const xt = tf.transpose(saved as Tensor);
      return tf.neg(tf.matMul(tf.matMul(xt, dx), xt));
    };
    return { value: x, gradFunc: gradient };
  });
  return invert(skew);
}

function newton(skew: Tensor2D): Tensor {
  const identity = identityMatrix(skew.shape[0]);
  const shifted = tf.add<Tensor2D>(skew, identity);
  const bound = tf.mul(tf.sum(tf.square(skew)), 0.5);
  const start = tf.div(tf.mul(tf.transpose(shifted), 2), tf.add(bound, 2));
  const one = tf.scalar(1);
  const { x } = whileLoop(
    // In float32 the residual stays above SMALL: there it ends when it no longer falls.
    ({ residual, before, step }) =>
      tf.logicalAnd(
        tf.logicalAnd(tf.greater(residual, SMALL), tf.less(step, MOST_STEPS)),
        tf.logicalOr(tf.greater(residual, FAR), tf.less(tf.mul(residual, 4), before)),
      ),
    ({ x: guess, residual, step }) => {
      const rest = tf.sub(identity, tf.matMul(shifted, guess as Tensor2D));
      return {
        x: tf.add(guess, tf.matMul(guess as Tensor2D, rest)),
        residual: tf.sum(tf.square(rest)),
        before: residual,
        step: tf.add(step, 1),
      };
    },
    { x: start, residual: one, before: one, step: tf.scalar(0) },
  );
  return x;
}
