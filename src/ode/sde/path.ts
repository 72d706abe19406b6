import { real } from "../../distributions/real.ts";
import { tf, type Tensor } from "../../engine/index.ts";
import { noiseRatioAt, type Sde } from "./sde.ts";

/**
 * An SDE between t = ε and t = 1, seen through its noise ratio η = ln(σ/α) instead of its time. Divided by
 * c = √(α² + σ²), the rows of every linear SDE are those of one and the same process,
 *
 *     x/c = ā x₀ + s̄ n,    ā² = 1/(1 + e^{2η}),  s̄² = 1 − ā²,   n ~ N(0, I),
 *
 * which networks see, and whose spread is one for standardised data at every η (Karras et al. 2022, arXiv:2206.00364; Kingma
 * et al. 2021, arXiv:2107.00630). SDEs differ in the range of η, in when they reach it, and in c. The clock runs evenly
 * in η, from 0 at t = ε to 1 at t = 1: near the data t would have to be resolved to 10⁻⁵, and fields that are smooth in
 * η are stiff in t.
 */
export interface Path {
  readonly sde: Sde;
  /** ε. */
  readonly epsilon: number;
  /** η at t = ε, and how far it goes until t = 1. */
  readonly start: number;
  readonly length: number;
  /** c at this time. */
  spread(t: number): number;
  /** The clock at this time. */
  clockAt(t: number): number;
  /** ā and s̄ at clocks [N, 1]. Recordable. */
  signal(clock: Tensor): { signal: Tensor; noise: Tensor };
}

/** The path of an SDE from t = ε. */
export function pathOf(sde: Sde, epsilon: number): Path {
  const start = noiseRatioAt(sde, epsilon);
  const length = noiseRatioAt(sde, 1) - start;
  return {
    sde,
    epsilon,
    start,
    length,
    spread: (t) => Math.hypot(sde.scale(t), sde.deviation(t)),
    clockAt: (t) => (noiseRatioAt(sde, t) - start) / length,
    signal(clock) {
      // Not by sigmoids of ±2η: those of ONNX Runtime lose all digits of s̄² near the data.
      const ratio = tf.exp(tf.add(real(start), tf.mul(clock, real(length))));
      const signal = tf.rsqrt(tf.add(tf.square(ratio), 1));
      return { signal, noise: tf.mul(ratio, signal) };
    },
  };
}
