import { tf, type Tensor } from "../engine/index.ts";
import type { Model } from "../model.ts";
import type { LikelihoodParts } from "./likelihoods.ts";

/**
 * What early stopping looks at: the objective whose gradient the training estimates, of each row, with its sign turned,
 *
 *     log q(z) + log|det f′(x)| − β ‖x − g(z)‖²        z = f(x)
 *
 * A likelihood alone would not do: the decoder's is of no normalised density where g is not f's inverse, and can be the
 * higher the worse it is.
 */
export function trainingScore({
  pair,
  base,
  shape,
  volume,
  beta,
}: Omit<LikelihoodParts, "reconstructionBound"> & { readonly beta: number }): NonNullable<
  Model["score"]
> {
  const dim = shape.reduce((product, d) => product * d, 1);
  const { noise, precision, heaviest } = volume;
  return {
    ...(noise && { noise }),
    ...(precision && { precision }),
    ...(heaviest && { heaviest }),
    value(x, call) {
      const rows = tf.reshape(x, [-1, dim]);
      const z = pair.encode(rows, call);
      const { logDet } = volume.of((points) => pair.encode(points, call), rows, call);
      const missed: Tensor = tf.sum(tf.square(tf.sub(rows, pair.decode(z, call))), 1);
      return tf.sub(tf.add(base.logProb(z), logDet), tf.mul(missed, beta));
    },
  };
}
