import { tf, type Tensor } from "../engine/index.ts";
import { silu } from "./silu.ts";

/**
 * Pointwise nonlinearities. relu costs least in a compiled step (its gradient is one mask); the others are smooth,
 * which densities in few dimensions and anything differentiated twice need.
 */
export const activations = {
  relu: (x: Tensor): Tensor => tf.relu(x),
  tanh: (x: Tensor): Tensor => tf.tanh(x),
  silu,
  elu: (x: Tensor): Tensor => tf.elu(x),
  softplus: (x: Tensor): Tensor => tf.softplus(x),
} as const;

export type Activation = keyof typeof activations;

export const ACTIVATIONS = Object.keys(activations) as readonly Activation[];
