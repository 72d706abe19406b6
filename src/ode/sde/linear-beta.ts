import { tf, type Tensor } from "../../engine/index.ts";
import { real } from "../../distributions/real.ts";

export interface BetaRange {
  /** β(0). */
  readonly betaMin: number;
  /** β(1). */
  readonly betaMax: number;
}

/** β(t) = β₀ + t (β₁ − β₀). */
export const betaAt = ({ betaMin, betaMax }: BetaRange, t: number): number =>
  betaMin + t * (betaMax - betaMin);

/** B(t) = ∫₀ᵗ β = β₀ t + ½ (β₁ − β₀) t². */
export const integralAt = ({ betaMin, betaMax }: BetaRange, t: number): number =>
  t * (betaMin + 0.5 * t * (betaMax - betaMin));

/** β(t) and B(t) of times [N, 1]. */
export function linearBeta(
  { betaMin, betaMax }: BetaRange,
  t: Tensor,
): { beta: Tensor; integral: Tensor } {
  const [start, slope] = [real(betaMin), real(betaMax - betaMin)];
  return {
    beta: tf.add(start, tf.mul(t, slope)),
    integral: tf.mul(t, tf.add(start, tf.mul(tf.mul(t, 0.5), slope))),
  };
}
