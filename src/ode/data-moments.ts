import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Moments } from "./sde/prior-mismatch.ts";

export interface DataMoments {
  /** Recordable: takes the moments of rows [N, D], once: those that the data-dependent start looks at. */
  initialise(x: Tensor): void;
  /** On the host: what was taken; undefined before. */
  read(): Moments | undefined;
}

/** Mean and variance of each column of training rows, kept with the model for what its provenance says of them. */
export function dataMoments(store: Store, dim: number): DataMoments {
  const mean = store.state("mean", [1, dim], new Float64Array(dim));
  const variance = store.state("variance", [1, dim], new Float64Array(dim).fill(1));
  const taken = store.state("taken", [1, 1], [0]);
  return {
    initialise(x) {
      const average = tf.mean(x, 0, true);
      const spread = tf.mean(tf.square(tf.sub(x, average)), 0, true);
      const done = tf.logicalAnd(tf.greater(taken.read(), 0.5), tf.onesLike(average).toBool());
      mean.assign(tf.where(done, mean.read(), average));
      variance.assign(tf.where(done, variance.read(), spread));
      taken.assign(tf.onesLike(taken.read()));
    },
    read: () =>
      taken.values[0] === 1 ? { mean: mean.values, variance: variance.values } : undefined,
  };
}
