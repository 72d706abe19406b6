import { tf } from "../../engine/index.ts";
import { real } from "../../distributions/real.ts";
import type { Sde } from "./sde.ts";

export interface DeviationRange {
  /** σ(0). */
  readonly sigmaMin: number;
  /** σ(1). */
  readonly sigmaMax: number;
}

/**
 * The variance-exploding SDE of Song et al. (2021), the continuous form of score matching with Langevin dynamics: a = 0,
 * g² = 2 σ² ln(σ₁/σ₀):
 *
 *     α = 1        σ = σ₀ (σ₁/σ₀)ᵗ
 *
 * At t = 0 it starts from the data blurred by σ₀ already, as in the paper's own experiments.
 */
export function ve({ sigmaMin, sigmaMax }: DeviationRange): Sde {
  const rate = Math.log(sigmaMax / sigmaMin);
  const deviation = (t: number): number => sigmaMin * Math.exp(rate * t);
  return {
    scale: () => 1,
    deviation,
    drift: () => 0,
    diffusion: (t) => 2 * rate * deviation(t) ** 2,
    priorDeviation: sigmaMax,
    noiseRatio: (t) => ({
      value: tf.add(real(Math.log(sigmaMin)), tf.mul(t, real(rate))),
      rate: tf.mul(tf.onesLike(t), real(rate)),
    }),
  };
}
