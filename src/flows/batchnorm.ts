import { tf, type Store, type Tensor } from "../engine/index.ts";
import { expectRows, type Layer } from "./layer.ts";

/** Added to variances, so that a constant column is not divided by zero. */
const EPSILON = 1e-5;
/** Share of a batch's statistics in the running averages: their momentum is 0.9. */
const SHARE = 0.1;

/**
 * Batch normalisation as a layer of a flow (Ioffe & Szegedy 2015, arXiv:1502.03167; in flows Dinh et al. 2017,
 * arXiv:1605.08803, and Papamakarios et al. 2017, arXiv:1705.07057), per column with mean m and variance v:
 *
 *     encode   z = (x − m) / √(v + ε) · exp(s) + t        log|det J| =  Σ_j s_j − ½ ln(v_j + ε)
 *     decode   x = (z − t) · exp(−s) · √(v + ε) + m       log|det J| = −Σ_j s_j + ½ ln(v_j + ε)
 *
 * Training and evaluation differ. In training m and v are the batch's own and gradients flow through them, so that the
 * loss of a row depends on its batch: it is no log-likelihood of a fixed density. Each step moves running averages a
 * tenth of the way to the batch's mean and unbiased variance; the first starts them there. In evaluation, and in decode
 * always, m and v are these averages, part of the saved state: then this is a fixed affine map. Before the first step it
 * is the identity, but for ε. A batch of one row has no variance: it is treated as in evaluation and changes nothing. With
 * `training.ema` the averages are those that the last weights saw, not the averaged ones: a density all the same, but not
 * quite the one that was trained.
 */
export function batchnorm(dim: number, store: Store): Layer {
  const logScale = store.variable("log-scale", [1, dim], new Float64Array(dim));
  const shift = store.variable("shift", [1, dim], new Float64Array(dim));
  const mean = store.state("mean", [1, dim], new Float64Array(dim));
  const variance = store.state("variance", [1, dim], new Float64Array(dim).fill(1));
  const started = store.state("started", [1, 1], [0]);

  /** The batch's mean and variance, handed to the running averages. */
  const batchStatistics = (x: Tensor): { m: Tensor; v: Tensor } => {
    const [rows = 0] = x.shape;
    const m = tf.mean(x, 0, true);
    const v = tf.mean(tf.square(tf.sub(x, m)), 0, true);
    // 1 at the first step, SHARE from then on.
    const share = tf.sub(1, tf.mul(started.read(), 1 - SHARE));
    const towards = (average: Tensor, value: Tensor): Tensor =>
      tf.add(average, tf.mul(share, tf.sub(value, average)));
    mean.assign(towards(mean.read(), m));
    variance.assign(towards(variance.read(), tf.mul(v, rows / (rows - 1))));
    started.assign(tf.onesLike(started.read()));
    return { m, v };
  };
  /** ln of what encode multiplies by, [1, D]. */
  const logFactor = (v: Tensor): Tensor =>
    tf.sub(logScale.read(), tf.mul(tf.log(tf.add(v, EPSILON)), 0.5));
  const perRow = (logFactors: Tensor, rows: Tensor): Tensor =>
    tf.mul(tf.ones([rows.shape[0]]), tf.sum(logFactors));
  return {
    encode(x, { mode }) {
      expectRows("batchnorm.encode", x, dim);
      const ofBatch = mode !== "evaluate" && x.shape[0] > 1;
      const { m, v } = ofBatch ? batchStatistics(x) : { m: mean.read(), v: variance.read() };
      const factor = logFactor(v);
      const z = tf.add(tf.mul(tf.sub(x, m), tf.exp(factor)), shift.read());
      return { z, logDet: perRow(factor, x) };
    },
    decode(z) {
      expectRows("batchnorm.decode", z, dim);
      const inverse = tf.neg(logFactor(variance.read()));
      const x = tf.add(tf.mul(tf.sub(z, shift.read()), tf.exp(inverse)), mean.read());
      return { x, logDet: perRow(inverse, z) };
    },
  };
}
