import { real as constant } from "../distributions/real.ts";
import { standardNormal } from "../distributions/standard-normal.ts";
import { withRedrawnCounts } from "../distributions/with-redrawn-counts.ts";
import { createStore, tf, type Shape, type Store, type Tensor } from "../engine/index.ts";
import { defineFamily, type LossCall, type Model } from "../model.ts";
import { oneOf, real, type OptionValues } from "../options.ts";
import { continuousFlow } from "./continuous-flow.ts";
import { checkIntegration, integrationOptions } from "./integration-options.ts";
import { withOptimalPairing } from "./optimal-pairing.ts";
import { stratified } from "./stratified.ts";
import { checkVelocity, velocityNetwork, velocityOptions } from "./velocity-network.ts";
import type { Velocity } from "./velocity.ts";

const options = {
  pairing: oneOf(
    ["independent", "ot"],
    "independent",
    "which noise a row gets in training: any, or (ot) the batch's is handed out so that squared distances are least, among rows of equal condition",
  ),
  times: oneOf(
    ["uniform", "logit-normal"],
    "uniform",
    "how a training step draws its times; logit-normal: the sigmoid of a standard normal, which favours the middle",
  ),
  sigmaMin: real(0, "deviation of the noise that is left at the data", { min: 0, max: 1 }),
  ...integrationOptions,
  ...velocityOptions,
};

export type FlowMatchingOptions = OptionValues<typeof options>;

/**
 * Flow matching (Lipman et al. 2023, arXiv:2210.02747): noise z ~ N(0, I) at t = 0 becomes data x at t = 1 along the velocity
 * field that is the mean of those of straight paths, learned by regression and without an integration.
 */
export const flowMatching = defineFamily({
  name: "flow-matching",
  summary:
    "velocity field that carries noise to data, learned from straight paths; likelihood by its differential equation",
  paper: "Lipman et al. (2023), arXiv:2210.02747",
  options,
  // Each step sees one time and one noise per row: the mean of the weights is far better than any of them.
  training: { ema: 0.999 },
  supports: { tabular: true, image: true, conditional: true, minDim: 1 },
  checkOptions(values) {
    checkIntegration(values);
    checkVelocity(values);
  },
  build({ options: values, shape, contextSize, cells, rng }) {
    checkIntegration(values);
    const store = createStore();
    const size = { shape, contextSize, name: "flow-matching" };
    const velocity = velocityNetwork(store.scope("velocity"), size, values, rng.fork("velocity"));
    const model = flowMatchingModel({ store, shape, contextSize, velocity, options: values });
    return withRedrawnCounts(model, cells);
  },
});

export interface FlowMatchingParts {
  readonly store: Store;
  /** Shape of one row. */
  readonly shape: Shape;
  readonly contextSize: number;
  /** From the noise at t = 0 to the data at t = 1. */
  readonly velocity: Velocity;
  readonly options: FlowMatchingOptions;
}

/** Flow matching of any velocity field. */
export function flowMatchingModel({ options: values, ...parts }: FlowMatchingParts): Model {
  const dim = parts.shape.reduce((product, d) => product * d, 1);
  const model = continuousFlow({
    ...parts,
    name: "flow-matching",
    times: { data: 1, noise: 0 },
    base: standardNormal(dim),
    options: values,
    noise: {
      noise: { shape: (batch) => [batch, dim], kind: "normal" },
      time: {
        shape: (batch) => [batch, 1],
        kind: values.times === "uniform" ? "uniform" : "normal",
      },
    },
    loss: (call) => ({ loss: matchingLoss(parts.velocity, values, call) }),
  });
  return values.pairing === "ot" ? withOptimalPairing(model) : model;
}

/**
 * Mean squared error per entry of the velocity along the paths of the conditional optimal transport, Lipman et al.'s
 * Gaussian path of means t x and deviations 1 − (1 − σ) t:
 *
 *     x_t = z + t u        u = x − (1 − σ) z        loss = E‖v(t, x_t) − u‖² / D
 *
 * Uniform times are stratified, one of each of B equal parts of [0, 1] per batch: the same expected loss, and a gradient of lower
 * variance. Logit-normal ones (Esser et al. 2024, arXiv:2403.03206) are sigmoids of standard normals.
 */
export function matchingLoss(
  velocity: Velocity,
  { times, sigmaMin }: Pick<FlowMatchingOptions, "times" | "sigmaMin">,
  { batch, noise: { noise: z, time }, ...call }: LossCall,
): Tensor {
  if (!z || !time) throw new Error("flow-matching: the loss needs its noise.");
  const t = times === "uniform" ? stratified(time) : tf.sigmoid(time);
  const kept = sigmaMin === 0 ? z : tf.mul(z, constant(1 - sigmaMin));
  const target = tf.sub(tf.reshape(batch, z.shape), kept);
  const at = tf.add(z, tf.mul(t, target));
  return tf.mean(tf.square(tf.sub(velocity(t, at, call), target)));
}
