import type { Base } from "../distributions/base.ts";
import { tf, type Shape, type Store, type Tensor } from "../engine/index.ts";
import { drawNoise } from "../math/noise.ts";
import { createRng } from "../math/rng.ts";
import type { Bijection, Model, Stages } from "../model.ts";
import { isEstimated, solverOf, type IntegrationOptions } from "./integration-options.ts";
import { odeLikelihood, probesOf } from "./ode-likelihood.ts";
import { odeSampler } from "./ode-sampler.ts";
import { transport, type Field } from "./transport.ts";
import type { Velocity } from "./velocity.ts";

export interface ContinuousFlowParts
  extends
    Pick<Model, "loss" | "noise" | "prepare" | "initialise">,
    Partial<Pick<Model, "monitor" | "sampler">> {
  /** Of the family, for messages. */
  readonly name: string;
  readonly store: Store;
  /** Shape of one row. */
  readonly shape: Shape;
  /** Columns of the context; 0 without one. */
  readonly contextSize: number;
  readonly velocity: Velocity;
  /** The time at which the rows are data, and at which they are noise. */
  readonly times: { readonly data: number; readonly noise: number };
  /** Density at the time of the noise. */
  readonly base: Base;
  readonly options: IntegrationOptions;
  /** What the provenance of the likelihood says besides. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The flow of a differential equation as a model: encode carries rows from the time of the data to that of the noise, decode
 * back. Rows are flat inside; images are flattened here. The sampler solves the equation and gives log p, unless another one is
 * given; early stopping looks at the loss unless told otherwise.
 *
 * The map is differentiable towards rows, context and variables, by the adjoint. Where the divergence is estimated, its
 * log-determinant takes probes that are fixed for the model, one set for all rows, so that it is a function; the
 * likelihood and the stages take probes of each row instead.
 */
export function continuousFlow(parts: ContinuousFlowParts): Model {
  const { name, store, shape, velocity, times, base, options, details } = parts;
  const dim = shape.reduce((product, d) => product * d, 1);
  const field: Field = {
    velocity,
    store,
    ...(isEstimated(options, dim) && { probes: fixedProbes(store, options, dim) }),
  };
  const way: Way = { field, shape, options, times };
  return {
    shape,
    store,
    monitor: parts.monitor ?? "loss",
    ...(parts.loss && { loss: parts.loss }),
    ...(parts.noise && { noise: parts.noise }),
    ...(parts.prepare && { prepare: parts.prepare }),
    ...(parts.initialise && { initialise: parts.initialise }),
    bijection: bijectionOf(way),
    logProb: [
      odeLikelihood({ name, field, times, base, options, dim, ...(details && { details }) }),
    ],
    sampler: parts.sampler ?? odeSampler({ field, shape, options, times, base }),
    stages: stagesOf(way),
  };
}

/** The same whatever the seed: which probes they are means nothing, and this way they cost the seed no draw. */
function fixedProbes(store: Store, { probes, probe }: IntegrationOptions, dim: number) {
  const shape = [1, probes, dim];
  return store.constant("probes", shape, drawNoise(probe, shape, createRng("fixed probes")));
}

/** What both directions of the map need. */
interface Way {
  readonly field: Field;
  readonly shape: Shape;
  readonly options: IntegrationOptions;
  readonly times: { readonly data: number; readonly noise: number };
}

/** Rows of this shape as [N, D]. */
const flatten = (x: Tensor, { shape }: Pick<Way, "shape">): Tensor =>
  shape.length === 1 ? x : tf.reshape(x, [x.shape[0], x.size / x.shape[0]]);

/** [N, D] as rows of this shape. */
const unflatten = (x: Tensor, { shape }: Pick<Way, "shape">): Tensor =>
  shape.length === 1 ? x : tf.reshape(x, [x.shape[0], ...shape]);

function bijectionOf(way: Way): Bijection {
  const { field, options, times } = way;
  const solver = solverOf(options);
  return {
    encode(x, call) {
      const interval = { from: times.data, to: times.noise };
      const moved = transport(field, flatten(x, way), { interval, solver, call });
      return { z: moved.x, logDet: moved.logDet };
    },
    decode(z, call) {
      const interval = { from: times.noise, to: times.data };
      const moved = transport(field, z, { interval, solver, call });
      return { x: unflatten(moved.x, way), logDet: moved.logDet };
    },
  };
}

/** Times from the data to the noise, both included. */
const STAGES = 11;

/** The rows at equal distances of time. */
function stagesOf(way: Way): Stages {
  const { data, noise } = way.times;
  const dim = way.shape.reduce((product, d) => product * d, 1);
  const last = STAGES - 1;
  const times = Array.from({ length: STAGES }, (_, i) => (data * (last - i) + noise * i) / last);
  return {
    names: times.map((time) => `t = ${Number(time.toPrecision(3))}`),
    times,
    // The same probes for all rows would have one error in all of them, which no mean over rows makes smaller.
    ...(way.field.probes && { noise: { probes: probesOf(way.options, dim) } }),
    encode(x, { noise: drawn, ...call }) {
      const start = flatten(x, way);
      const probes = drawn?.["probes"];
      const { at, ...end } = transport(way.field, start, {
        interval: { from: data, to: noise, at: times.slice(1, -1) },
        solver: solverOf(way.options),
        call,
        ...(probes && { probes }),
      });
      const begin = { x: start, logDet: tf.zeros([start.shape[0]]) };
      return [begin, ...at, end].map(({ x: z, logDet }) => ({ z, logDet }));
    },
  };
}
