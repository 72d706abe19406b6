import { tf, type Store, type Tensor } from "../engine/index.ts";
import { expectRows, type Layer } from "./layer.ts";

/** A column with a smaller deviation than this on the first rows is scaled as if it had this one. */
const SMALLEST_DEVIATION = 1e-3;

/**
 * ActNorm of Glow (Kingma & Dhariwal 2018, arXiv:1807.03039): z = x · exp(s) + t per column, with a data-dependent
 * start, after which the first rows have mean 0 and deviation 1.
 *
 *     encode   log|det J| =  Σ_j s_j        decode   log|det J| = −Σ_j s_j
 *
 * The flag "initialised" is part of the saved state, and the graph itself heeds it: initialising a loaded or trained
 * model changes nothing.
 */
export function actnorm(dim: number, store: Store): Layer {
  const logScale = store.variable("log-scale", [1, dim], new Float64Array(dim));
  const shift = store.variable("shift", [1, dim], new Float64Array(dim));
  const initialised = store.state("initialised", [1, 1], [0]);

  const initialise = (x: Tensor): void => {
    const done = tf.greater(initialised.read(), 0.5);
    const mean = tf.mean(x, 0, true);
    const variance = tf.mean(tf.square(tf.sub(x, mean)), 0, true);
    const s = tf.neg(tf.log(tf.maximum(tf.sqrt(variance), SMALLEST_DEVIATION)));
    const keepOr = (old: Tensor, start: Tensor): Tensor =>
      tf.where(tf.logicalAnd(done, tf.onesLike(old).toBool()), old, start);
    logScale.assign(keepOr(logScale.read(), s));
    shift.assign(keepOr(shift.read(), tf.neg(tf.mul(mean, tf.exp(s)))));
    initialised.assign(tf.onesLike(initialised.read()));
  };
  const perRow = (value: Tensor, rows: Tensor): Tensor =>
    tf.mul(tf.ones([rows.shape[0]]), tf.sum(value));
  return {
    encode(x, call) {
      expectRows("actnorm.encode", x, dim);
      if (call.mode === "initialise") initialise(x);
      const s = logScale.read();
      return { z: tf.add(tf.mul(x, tf.exp(s)), shift.read()), logDet: perRow(s, x) };
    },
    decode(z) {
      expectRows("actnorm.decode", z, dim);
      const inverse = tf.neg(logScale.read());
      return { x: tf.mul(tf.sub(z, shift.read()), tf.exp(inverse)), logDet: perRow(inverse, z) };
    },
  };
}
