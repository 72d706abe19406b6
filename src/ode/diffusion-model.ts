import type { Base } from "../distributions/base.ts";
import { isotropicNormal } from "../distributions/isotropic-normal.ts";
import { tf, type Shape, type Store, type Tensor } from "../engine/index.ts";
import type { LogProb, Model } from "../model.ts";
import { continuousFlow } from "./continuous-flow.ts";
import { dataMoments, type DataMoments } from "./data-moments.ts";
import { denoisingLoss } from "./denoising-loss.ts";
import type { DiffusionOptions } from "./diffusion-options.ts";
import { probabilityFlow, type Denoiser } from "./parameterisation.ts";
import { reverseSde } from "./samplers/reverse-sde.ts";
import { pathOf, type Path } from "./sde/path.ts";
import { priorMismatch } from "./sde/prior-mismatch.ts";
import type { Sde } from "./sde/sde.ts";
import { sdeOf } from "./sde/sde-options.ts";
import type { Velocity } from "./velocity.ts";

export interface DiffusionParts {
  readonly store: Store;
  /** Shape of one row. */
  readonly shape: Shape;
  readonly contextSize: number;
  /** The network: clock [N, 1] and rows x/c [N, D] → what the parameterisation says, [N, D]. */
  readonly network: Velocity;
  readonly options: DiffusionOptions;
  /** Density of the latent rows, in the place of N(0, τ² I) at t = 1. */
  readonly base?: Base;
}

/** A diffusion around a network: loss, samplers, and the likelihood of its probability-flow ODE. */
export function diffusionModel({
  store,
  shape,
  network,
  options,
  ...parts
}: DiffusionParts): Model {
  const dim = shape.reduce((product, d) => product * d, 1);
  const path = pathOf(sdeOf(options), options.epsilon);
  const denoiser: Denoiser = { path, network, parameterisation: options.parameterisation };
  const moments = dataMoments(store.scope("data"), dim);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, dim]);
  const model = continuousFlow({
    name: "diffusion",
    store,
    shape,
    contextSize: parts.contextSize,
    velocity: probabilityFlow(denoiser),
    times: { data: 0, noise: 1 },
    base: parts.base ?? isotropicNormal(dim, latentDeviation(path)),
    options,
    details: offset(path, options),
    monitor: "loss",
    noise: {
      time: { shape: (batch) => [batch, 1], kind: "uniform" },
      noise: { shape: (batch) => [batch, dim], kind: "normal" },
    },
    loss({ batch, noise: { time, noise }, ...call }) {
      if (!time || !noise) throw new Error("diffusion: the loss needs its noise.");
      const rows = { batch: flat(batch), uniform: time, normal: noise };
      return { loss: tf.mean(denoisingLoss(denoiser, options, rows, call)) };
    },
    initialise: (x) => {
      moments.initialise(flat(x));
    },
    ...(options.sampler === "ode" ? {} : { sampler: stochastic(denoiser, shape, options) }),
  });
  return {
    ...model,
    logProb: model.logProb.map((each) => withMismatch(each, path.sde, moments)),
  };
}

/** The deviation of N(0, τ² I) at t = 1 in the units of the latent rows, x c_ε/c. */
const latentDeviation = (path: Path): number =>
  (path.sde.priorDeviation * path.spread(path.epsilon)) / path.spread(1);

/** The sampler by the reverse SDE, its rows in their shape. */
function stochastic(denoiser: Denoiser, shape: Shape, options: DiffusionOptions): Model["sampler"] {
  const dim = shape.reduce((product, d) => product * d, 1);
  const sampler = reverseSde(denoiser, dim, {
    steps: options.samplerSteps,
    corrections: options.sampler === "predictor-corrector" ? options.correctorSteps : 0,
    signalToNoise: options.signalToNoise,
  });
  return {
    noise: sampler.noise,
    sample: (z, call) => ({ x: tf.reshape(sampler.sample(z, call).x, [-1, ...shape]) }),
  };
}

/**
 * What the provenance says besides: the likelihood is that of the rows at t = ε, α x₀ + σ n, taken at the data.
 */
const offset = ({ sde, epsilon }: Path, options: DiffusionOptions): Record<string, unknown> => ({
  sde: options.sde,
  epsilon,
  scaleAtEpsilon: sde.scale(epsilon),
  deviationAtEpsilon: sde.deviation(epsilon),
});

/** The likelihood, which says also how far the prior is from the rows at t = 1 whose place it takes. */
const withMismatch = (likelihood: LogProb, sde: Sde, moments: DataMoments): LogProb => ({
  ...likelihood,
  conclude(rows) {
    const concluded = likelihood.conclude?.(rows) ?? {};
    const taken = moments.read();
    const mismatch = taken && { priorMismatch: priorMismatch(sde, taken) };
    return { ...concluded, details: { ...concluded.details, ...mismatch } };
  },
});
