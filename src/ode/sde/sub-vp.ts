import { tf } from "../../engine/index.ts";
import { betaAt, integralAt, linearBeta, type BetaRange } from "./linear-beta.ts";
import type { Sde } from "./sde.ts";

/**
 * The sub-VP SDE of Song et al. (2021), whose variance stays below that of VP: a = −β/2, g² = β (1 − exp(−2B)):
 *
 *     α = exp(−B/2)        σ = 1 − exp(−B)
 */
export const subVp = (betas: BetaRange): Sde => ({
  scale: (t) => Math.exp(-0.5 * integralAt(betas, t)),
  deviation: (t) => -Math.expm1(-integralAt(betas, t)),
  drift: (t) => -0.5 * betaAt(betas, t),
  diffusion: (t) => -betaAt(betas, t) * Math.expm1(-2 * integralAt(betas, t)),
  priorDeviation: 1,
  noiseRatio(t) {
    const { beta, integral } = linearBeta(betas, t);
    const deviation = tf.neg(tf.expm1(tf.neg(integral)));
    return {
      value: tf.add(tf.mul(integral, 0.5), tf.log(deviation)),
      // ½ β coth(B/2)
      rate: tf.mul(tf.div(tf.mul(beta, tf.sub(2, deviation)), deviation), 0.5),
    };
  },
});
