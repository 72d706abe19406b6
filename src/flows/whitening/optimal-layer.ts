import { cholesky } from "../../math/cholesky.ts";
import { eliminatePassive, standardiseFrom, trace } from "./covariance-blocks.ts";

export interface LayerShape {
  readonly dim: number;
  /** Coordinates that a coupling layer moves, the last ones; 1 to dim − 1. */
  readonly active: number;
  /** Whether the others are scaled to unit variance, too, as by an ActNorm. */
  readonly passiveRescale: boolean;
}

/**
 * S = KL(N(0, Σ) ‖ N(0, I)) = ½ (tr Σ − D − ln det Σ), nats.
 *
 * @throws where Σ is singular, with its rank
 */
export function gaussianNonStandardness(sigma: Float64Array, dim: number): number {
  return (trace(sigma, dim) - dim - cholesky(sigma, dim, "whitening: covariance").logDet) / 2;
}

/**
 * The covariance after the affine coupling layer that brings N(0, Σ) nearest to N(0, I): the shift −Σ_ap Σ_pp⁻¹ p takes all
 * that p tells of a away, a constant scale gives every coordinate unit variance (Draxler, Schnörr & Köthe 2022, "Whitening
 * convergence rate of coupling-based normalizing flows").
 *
 *     Σ_pp → Σ_pp      Σ_ap → 0      Σ_aa → Σ_aa − Σ_ap Σ_pp⁻¹ Σ_pa      then Σ_ii → 1
 *
 * @throws where Σ_pp is singular
 */
export function optimalLayer(
  sigma: Float64Array,
  { dim, active, passiveRescale }: LayerShape,
): { readonly sigma: Float64Array; /** ln|det| of the layer. */ readonly logDet: number } {
  const after = sigma.slice();
  if (!eliminatePassive(after, dim, dim - active)) {
    // The error says the rank.
    gaussianNonStandardness(sigma, dim);
    throw new Error("whitening: the covariance of the passive coordinates is singular.");
  }
  const logDet = standardiseFrom(after, dim, passiveRescale ? 0 : dim - active);
  return { sigma: after, logDet };
}

/**
 * What a chain of coupling layers on the same halves, without anything between them, can reach at best, nats: the passive
 * coordinates are only ever scaled, and what stands of a given p is never seen by another layer, so after the first optimal layer
 * nothing changes any more,
 *
 *     S ≥ −½ ln det corr(Σ_pp) − ½ ln det corr(Cov(a | p))
 *
 * with corr(·) scaled to a unit diagonal. The first term alone bounds every flow whose first coordinates are only scaled.
 */
export function floorWithoutMixing(sigma: Float64Array, dim: number, active: number): number {
  const once = optimalLayer(sigma, { dim, active, passiveRescale: true });
  return gaussianNonStandardness(once.sigma, dim);
}
