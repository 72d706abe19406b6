import type { Tensor } from "../engine/index.ts";

/** The density at the latent end of a flow. */
export interface Base {
  /** Columns of z. */
  readonly dim: number;
  /** Standard random input of `sample`. */
  readonly noise: "normal" | "uniform";
  /** z [N, D] → log q(z) [N], nats. */
  logProb(z: Tensor): Tensor;
  /** noise [N, D] and a temperature (a scalar; 1 is the density itself) → z [N, D]. */
  sample(noise: Tensor, temperature: Tensor): Tensor;
}
