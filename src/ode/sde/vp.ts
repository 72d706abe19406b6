import { tf } from "../../engine/index.ts";
import { betaAt, integralAt, linearBeta, type BetaRange } from "./linear-beta.ts";
import type { Sde } from "./sde.ts";

/**
 * The variance-preserving SDE of Song et al. (2021), the continuous form of DDPM: a = −β/2, g² = β, with β linear and
 * B = ∫β:
 *
 *     α = exp(−B/2)        σ² = 1 − exp(−B)
 */
export const vp = (betas: BetaRange): Sde => ({
  scale: (t) => Math.exp(-0.5 * integralAt(betas, t)),
  deviation: (t) => Math.sqrt(-Math.expm1(-integralAt(betas, t))),
  drift: (t) => -0.5 * betaAt(betas, t),
  diffusion: (t) => betaAt(betas, t),
  priorDeviation: 1,
  noiseRatio(t) {
    const { beta, integral } = linearBeta(betas, t);
    const variance = tf.neg(tf.expm1(tf.neg(integral)));
    return {
      value: tf.mul(tf.add(integral, tf.log(variance)), 0.5),
      rate: tf.mul(tf.div(beta, variance), 0.5),
    };
  },
});
