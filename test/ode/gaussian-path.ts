import { realTensor } from "../../src/distributions/real.ts";
import { tf, type Tensor } from "../../src/engine/index.ts";
import { haarRotation } from "../../src/math/haar-rotation.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import type { Velocity } from "../../src/ode/velocity.ts";

/** N(m, Q diag(λ) Qᵀ) as data, and the path from N(0, I) to it, x_t = (1 − t) z + t x with z and x independent. */
export interface GaussianPath {
  readonly mean: readonly number[];
  /** λ */
  readonly variances: readonly number[];
  /** Q, [D, D] */
  readonly rotation: Float64Array;
  /**
   * The marginal velocity E[x − z | x_t] = m + Q diag((t λ − (1 − t)) / ((1 − t)² + t² λ)) Qᵀ (x_t − t m): the regression of one
   * jointly Gaussian vector on another.
   */
  readonly velocity: Velocity;
  /** log N(x; m, Q diag(λ) Qᵀ) of each row. */
  logDensity(rows: Rows): Float64Array;
  /** Draws of the data. */
  draw(count: number): Rows;
}

export function gaussianPath(dim: number): GaussianPath {
  const rng = createRng(`gaussian path ${dim}`);
  const mean = Array.from(rng.normals(dim));
  const variances = Array.from(rng.uniforms(dim), (u) => 0.2 + 2 * u);
  const rotation = haarRotation(dim, rng);
  /** Qᵀ (x − m) of one row. */
  const rotated = (row: Float64Array): number[] =>
    mean.map((_, j) =>
      mean.reduce((sum, m, i) => sum + (rotation[i * dim + j] ?? 0) * ((row[i] ?? 0) - m), 0),
    );
  return {
    mean,
    variances,
    rotation,
    velocity(t, x) {
      const [q, m] = [realTensor([...rotation], [dim, dim]), realTensor(mean, [1, dim])];
      const lambda = realTensor(variances, [1, dim]);
      const back = tf.sub(1, t);
      const covariance = tf.sub(tf.mul(t, lambda), back);
      const variance = tf.add(tf.square(back), tf.mul(tf.square(t), lambda));
      const centred = tf.matMul(tf.sub(x, tf.mul(t, m)), q);
      const scaled: Tensor = tf.mul(centred, tf.div(covariance, variance));
      return tf.add(tf.matMul(scaled, q, false, true), m);
    },
    logDensity: ({ count, values }) =>
      Float64Array.from({ length: count }, (_, i) =>
        rotated(values.subarray(i * dim, (i + 1) * dim)).reduce(
          (sum, w, j) =>
            sum -
            0.5 * (w ** 2 / (variances[j] ?? 1) + Math.log(2 * Math.PI * (variances[j] ?? 1))),
          0,
        ),
      ),
    draw(count) {
      const normals = createRng("rows").normals(count * dim);
      const values = normals.map((_, k) => {
        const [start, i] = [k - (k % dim), k % dim];
        return variances.reduce(
          (sum, variance, j) =>
            sum + (rotation[i * dim + j] ?? 0) * Math.sqrt(variance) * (normals[start + j] ?? 0),
          mean[i] ?? 0,
        );
      });
      return makeRows(values, [dim]);
    },
  };
}
