import { tf } from "../engine/index.ts";
import type { Base } from "./base.ts";
import { openUniform } from "./open-uniform.ts";

/**
 * Uniform on the unit cube (0, 1)^D, reached by a logistic squash u = σ(z) of the latent row at the very end. As a density
 * of z that is the logistic one,
 *
 *     ln q(z) = Σ_j ln σ′(z_j) = Σ_j −|z_j| − 2 softplus(−|z_j|),
 *
 * which is positive everywhere: a flow onto the cube itself would give rows that it maps outside log p = −∞, and no
 * gradient back. The temperature multiplies z, so that draws gather at the cube's centre as it falls.
 */
export function logisticCube(dim: number): Base {
  return {
    dim,
    noise: { size: dim, kind: "uniform" },
    logProb(z) {
      // Of −|z|, since ONNX Runtime's softplus of large numbers overflows in float64.
      const below = tf.neg(tf.abs(z));
      return tf.sum(tf.sub(below, tf.mul(tf.softplus(below), 2)), 1);
    },
    sample(noise, temperature) {
      const u = openUniform(noise);
      return tf.mul(tf.log(tf.div(u, tf.sub(1, u))), temperature);
    },
  };
}
