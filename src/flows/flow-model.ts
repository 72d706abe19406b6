import { tf, type Shape, type Store } from "../engine/index.ts";
import type { Base } from "../distributions/base.ts";
import type { Model, Provenance, Stages } from "../model.ts";
import { chain, prefixes } from "./chain.ts";
import type { Layer } from "./layer.ts";

export interface FlowParts {
  readonly store: Store;
  /** Shape of one row; [base.dim] unless given. */
  readonly shape?: Shape;
  /** In the order of encode; a layer is what counts as one in the table of KL decay. */
  readonly layers: readonly Layer[];
  readonly base: Base;
  /** Some layer has a data-dependent start. */
  readonly initialise?: boolean;
  /** After each layer unless given. */
  readonly stages?: Stages;
}

const exact: Provenance = { kind: "exact" };

/**
 * A normalizing flow as a model: log p(x) = log q(f(x)) + log|det J_f(x)| with f the chain of layers. Trained by maximum
 * likelihood. Sampling decodes base samples and gives log p of the rows under the model, whatever the temperature.
 */
export function flowModel(parts: FlowParts): Model {
  const { store, layers, base, shape = [base.dim], initialise = false } = parts;
  const bijection = chain(layers);
  const logProb: NonNullable<Model["logProb"][number]["value"]> = (x, call) => {
    const { z, logDet } = bijection.encode(x, call);
    return tf.add(base.logProb(z), logDet);
  };
  return {
    shape,
    store,
    monitor: "nll",
    bijection,
    logProb: [{ name: "", provenance: exact, value: logProb }],
    loss: ({ batch, ...call }) => ({ loss: tf.neg(tf.mean(logProb(batch, call))) }),
    ...(initialise
      ? {
          initialise: (x, context) => {
            bijection.encode(x, { mode: "initialise", ...(context ? { context } : {}) });
          },
        }
      : {}),
    sampler: {
      noise: base.noise,
      sample(noise, { temperature, ...call }) {
        const z = base.sample(noise, temperature);
        const { x, logDet } = bijection.decode(z, call);
        return { x, logProb: tf.sub(base.logProb(z), logDet) };
      },
    },
    stages: parts.stages ?? {
      names: ["data", ...layers.map((_, i) => `layer ${i + 1}`)],
      encode: (x, call) => prefixes(layers, x, call),
    },
  };
}
