import { tf, type Tensor } from "../engine/index.ts";
import { realTensor } from "./real.ts";

/** B₂, B₄, …, B₁₂. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730];
const COEFFICIENTS = BERNOULLI.map((b, i) => {
  const n = 2 * (i + 1);
  return ((2 ** (1 - n) - 2) * b) / (n * (n - 1));
});
const POWERS = BERNOULLI.map((_, i) => -(2 * i + 1));
const SHIFT = 8;
const STEPS = Array.from({ length: SHIFT }, (_, j) => j);

/**
 * ln Γ(a + ½) − ln Γ(a) for a > 0, the constant of Student's t; any shape, recordable and differentiable.
 *
 * By the recurrence of Γ the argument is first raised by 8; there the difference of two Stirling series is
 *
 *     D(y) = ½ ln y + Σ_k (2^{1−2k} − 2) B_2k / (2k (2k−1) y^{2k−1}),  k = 1 … 6
 *
 * (NIST Digital Library of Mathematical Functions 5.11.8, with B_2k(½) = (2^{1−2k} − 1) B_2k), whose first term left out
 * is below 3e-14 for y ≥ 8. Unlike a difference of two values of ln Γ it loses no digits where a is large.
 */
export function halfStepLogGamma(a: Tensor): Tensor {
  const logY = tf.log(tf.add(a, SHIFT));
  const powers = tf.exp(tf.mul(tf.expandDims(logY, -1), tf.tensor1d(POWERS)));
  const series = tf.sum(tf.mul(powers, realTensor(COEFFICIENTS, [COEFFICIENTS.length])), -1);
  // Σ_{j<8} ln (a + j) − ln (a + j + ½)
  const raised = tf.add(tf.expandDims(a, -1), tf.tensor1d(STEPS));
  const recurrence = tf.sum(tf.log(tf.div(raised, tf.add(raised, 0.5))), -1);
  return tf.addN([tf.mul(logY, 0.5), series, recurrence]);
}
