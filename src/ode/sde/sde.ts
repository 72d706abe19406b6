import type { Tensor } from "../../engine/index.ts";

/**
 * A diffusion with linear drift, dx = a(t) x dt + g(t) dw from the data at t = 0 to noise at t = 1, as its closed forms
 * (Song et al. 2021, arXiv:2011.13456). Given the data x₀, the row at time t is N(α_t x₀, σ_t² I) with
 *
 *     α′ = a α        (σ²)′ = 2 a σ² + g²        (ln σ/α)′ = g² / (2σ²)
 */
export interface Sde {
  /** Scale α_t of the data. */
  scale(t: number): number;
  /** Deviation σ_t of the noise, in the units of the data. */
  deviation(t: number): number;
  /** a(t), so that the drift is a(t) x. */
  drift(t: number): number;
  /** g(t)². */
  diffusion(t: number): number;
  /** Deviation of N(0, τ² I), which stands for the rows at t = 1. */
  readonly priorDeviation: number;
  /** ln(σ_t/α_t) and its derivative by t: t [N, 1] → [N, 1] each. Recordable, for t above 0. */
  noiseRatio(t: Tensor): { value: Tensor; rate: Tensor };
}

/** ln(σ_t/α_t) as a number. */
export const noiseRatioAt = (sde: Sde, t: number): number =>
  Math.log(sde.deviation(t) / sde.scale(t));
