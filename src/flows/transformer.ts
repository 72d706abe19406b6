import type { Tensor } from "../engine/index.ts";

/**
 * A strictly increasing map of single numbers whose parameters a conditioner gives: what a coupling or an
 * autoregressive layer does to an active entry ("transformer" as in Papamakarios et al. 2021, arXiv:1912.02762).
 *
 * The conditioner's columns come block by block. A block of size K has K columns for each of the d entries, those of one
 * entry side by side: raw [N, d · Σ blocks] = [d·K₀ | d·K₁ | …], so that a block is a reshape away from [N·d, K].
 * Where all parameters are zero the map should be the identity: conditioners start at zero.
 */
export interface Transformer {
  /** Parameters per entry, block by block. */
  readonly blocks: readonly number[];
  /** x [N, d] → y [N, d] and ln dy/dx [N, d]. */
  forward(x: Tensor, raw: Tensor): { y: Tensor; logSlope: Tensor };
  /** y [N, d] → x [N, d] and ln dx/dy [N, d], of the same parameters. */
  inverse(y: Tensor, raw: Tensor): { x: Tensor; logSlope: Tensor };
}

/** Columns of the conditioner for each entry. */
export const parametersPerEntry = ({ blocks }: Transformer): number =>
  blocks.reduce((sum, size) => sum + size, 0);
