import { stopGradient, tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Base } from "./base.ts";
import { boxMuller } from "./box-muller.ts";
import { real } from "./real.ts";

/** Share of the unit variance that the means have at the start, the deviations have the rest. */
const BETWEEN = 0.25;

/**
 * A mixture of K normals with diagonal covariance, its weights, means and deviations learned:
 *
 *     q(z) = Σ_k w_k N(z; μ_k, diag σ_k²),  w = softmax(logits)
 *
 * It starts with equal weights and unit variance in every dimension. The temperature multiplies the deviation of each
 * component about its mean: at 0 the draws are the means, as often as their weights say.
 */
export function gaussianMixture(dim: number, components: number, store: Store, rng: Rng): Base {
  const k = components;
  const logits = store.variable("logits", [1, k], new Float64Array(k));
  const start = rng.normals(k * dim).map((value) => Math.sqrt(BETWEEN) * value);
  const means = store.variable("means", [k, dim], start);
  const logDeviation = new Float64Array(k * dim).fill(0.5 * Math.log(1 - BETWEEN));
  const logDeviations = store.variable("log-deviations", [k, dim], logDeviation);
  return {
    dim,
    noise: { size: 1 + 2 * dim, kind: "uniform" },
    logProb(z) {
      const scaled = tf.mul(
        tf.sub(tf.expandDims(z, 1), tf.expandDims(means.read(), 0)),
        tf.expandDims(tf.exp(tf.neg(logDeviations.read())), 0),
      );
      const energy = tf.mul(tf.sum(tf.square(scaled), 2), -0.5);
      const volume: Tensor = tf.sum(logDeviations.read(), 1);
      const logWeights = tf.sub(logits.read(), logSumExp(logits.read()));
      const each = tf.add(energy, tf.sub(logWeights, tf.reshape(volume, [1, k])));
      const constant = real(-0.5 * dim * Math.log(2 * Math.PI));
      return tf.add(tf.reshape(logSumExp(each), [z.shape[0]]), constant);
    },
    sample(noise, temperature) {
      const [pick, u, v] = tf.split(noise, [1, dim, dim], 1) as [Tensor, Tensor, Tensor];
      const chosen = oneHot(pick, tf.softmax(logits.read()));
      const deviation = tf.matMul(chosen, tf.exp(logDeviations.read()));
      const spread = tf.mul(tf.mul(deviation, boxMuller(u, v)), temperature);
      return tf.add(tf.matMul(chosen, means.read()), spread);
    },
  };
}

/** ln Σ_k exp(x_k) over the columns, [N, K] → [N, 1]; the largest term is taken out. */
function logSumExp(x: Tensor): Tensor {
  const largest = stopGradient(tf.max(x, 1, true));
  return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, largest)), 1, true)), largest);
}

/** u [N, 1] and weights [1, K] → 1 for the component in whose share of [0, 1) u lies, else 0: [N, K]. */
function oneHot(u: Tensor, weights: Tensor): Tensor {
  const k = weights.shape[1] ?? 1;
  // Cumulative weights of all but the last: what rounding leaves above them belongs to the last component.
  const triangle = tf.tensor2d(
    Array.from({ length: k }, (_, i) => Array.from({ length: k - 1 }, (_, j) => +(i <= j))).flat(),
    [k, k - 1],
  );
  const beyond = tf.cast(tf.greaterEqual(u, tf.matMul(weights, triangle)), "float32");
  const edge = tf.mul(u, 0);
  return tf.sub(tf.concat([tf.add(edge, 1), beyond], 1), tf.concat([beyond, edge], 1));
}
