import type { Tensor } from "../engine/index.ts";

/** The density at the latent end of a flow. */
export interface Base {
  /** Columns of z. */
  readonly dim: number;
  /** Standard random input of `sample`: [N, size]. */
  readonly noise: { readonly size: number; readonly kind: "normal" | "uniform" };
  /** z [N, D] → log q(z) [N], nats. */
  logProb(z: Tensor): Tensor;
  /** noise [N, size] and a temperature (a scalar; 1 is the density itself) → z [N, D]. */
  sample(noise: Tensor, temperature: Tensor): Tensor;
}
