import { offTape, stopGradient, tf } from "../../../src/engine/index.ts";
import { broken, mapOf, withLogProb, type Mutation } from "../broken.ts";

/** Losses that do not train what they should. */
export const gradients: readonly Mutation[] = [
  [
    "a variable is declared but not used",
    broken((model) => {
      model.store.variable("unused", [1, 2], [1, 2]);
      return model;
    }),
    "every variable gets a gradient",
    /the variable "unused" gets no gradient/,
  ],
  [
    "the log-det gives no gradient",
    broken((model) => {
      const map = mapOf(model);
      return {
        ...model,
        loss: ({ batch, ...call }) => {
          const { z, logDet } = map.encode(batch, call);
          const energy = tf.mul(tf.sum(tf.square(z), 1), 0.5);
          return { loss: tf.mean(tf.sub(energy, stopGradient(logDet))) };
        },
      };
    }),
    "every variable gets a gradient",
    /: the loss rises by .* along the gradient, whose norm is/,
  ],
  [
    "a `where` whose branch not taken has no finite gradient far out",
    broken((model) =>
      withLogProb(model, (value) => {
        const near = offTape(() => tf.greater(value, -100));
        return tf.add(value, tf.where(near, tf.sqrt(tf.add(value, 100)), tf.zerosLike(value)));
      }),
    ),
    "every variable gets a gradient",
    /rows of about 30 deviations: the .* is not finite/,
  ],
  [
    "a parameter is not declared",
    broken((model, { rng }) => {
      const [shift = 0] = rng.fork("hidden").normals(1);
      return withLogProb(model, (value, x) => tf.add(value, tf.sum(tf.mul(x, shift), 1)));
    }),
    "a saved and loaded model",
    /^log p of the loaded model: entry 0 is/,
  ],
];
