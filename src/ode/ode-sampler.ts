import type { Base } from "../distributions/base.ts";
import { boxMuller } from "../distributions/box-muller.ts";
import { tf, type Shape, type Tensor } from "../engine/index.ts";
import type { Model } from "../model.ts";
import { solverOf, type IntegrationOptions } from "./integration-options.ts";
import { transport, type Field } from "./transport.ts";

export interface SamplerParts {
  readonly field: Field;
  /** Shape of one row. */
  readonly shape: Shape;
  readonly options: IntegrationOptions;
  readonly times: { readonly data: number; readonly noise: number };
  readonly base: Base;
}

/**
 * Draws of the base carried back to the data, with log p(x) = log q(z) − logDet of the way. Where the divergence is estimated,
 * probes of each row come out of the sampler's noise, behind that of the base, and log p is an unbiased estimate.
 */
export function odeSampler({ field, shape, options, times, base }: SamplerParts): Model["sampler"] {
  const { size, kind } = base.noise;
  const probes = field.probes ? probesFrom(kind, options, base.dim) : undefined;
  return {
    noise: { size: size + (probes?.size ?? 0), kind },
    sample(noise, { temperature, ...call }) {
      const [rows = 1] = noise.shape;
      const z = base.sample(tf.slice(noise, [0, 0], [rows, size]), temperature);
      const path = transport(field, z, {
        interval: { from: times.noise, to: times.data },
        solver: solverOf(options),
        call,
        ...(probes && { probes: probes.make(tf.slice(noise, [0, size], [rows, probes.size])) }),
      });
      return {
        x: shape.length === 1 ? path.x : tf.reshape(path.x, [rows, ...shape]),
        logProb: tf.sub(base.logProb(z), path.logDet),
      };
    },
  };
}

interface Probes {
  /** Columns of noise that they take. */
  readonly size: number;
  /** noise [N, size] → probes [N, K, D] */
  make(noise: Tensor): Tensor;
}

/** Probes of the kind that the options ask for, out of the kind of noise that the base takes. */
function probesFrom(
  kind: "normal" | "uniform",
  { probe, probes: draws }: IntegrationOptions,
  dim: number,
): Probes {
  const entries = draws * dim;
  const inShape = (values: Tensor): Tensor => tf.reshape(values, [-1, draws, dim]);
  if (probe === "rademacher")
    return {
      size: entries,
      // Either sign with probability ½.
      make: (noise) => inShape(tf.sign(kind === "normal" ? noise : tf.sub(noise, 0.5))),
    };
  if (kind === "normal") return { size: entries, make: inShape };
  return {
    size: 2 * entries,
    make: (noise) => {
      const [u, v] = tf.split(noise, 2, 1) as [Tensor, Tensor];
      return inShape(boxMuller(u, v));
    },
  };
}
