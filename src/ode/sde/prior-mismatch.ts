import type { Sde } from "./sde.ts";

/** Moments of the data, column by column. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * How far the rows at t = 1 are from the density that stands for them: bounds of KL(p₁ ‖ N(0, τ² I)) in nats per row, which
 * is what even the exact score would lose of the likelihood. With p₁ the density of α x + σ n:
 *
 * - at most the mean over the data x of KL(N(α x, σ² I) ‖ N(0, τ² I)), since KL is convex (the prior term of an ELBO),
 * - at least Σ_j KL(N(α m_j, α² v_j + σ²) ‖ N(0, τ²)): dependence between columns and shapes that are not normal add
 *   to it. It is exact for a normal with independent columns.
 */
export function priorMismatch(
  sde: Sde,
  { mean, variance }: Moments,
): { atLeast: number; atMost: number } {
  const [signal, noise] = [sde.scale(1) ** 2, sde.deviation(1) ** 2];
  const tau = sde.priorDeviation ** 2;
  let [atLeast, atMost] = [0, 0];
  mean.forEach((m, j) => {
    const v = variance[j] ?? 0;
    atLeast += divergence(signal * m * m, signal * v + noise, tau);
    atMost += divergence(signal * (m * m + v), noise, tau);
  });
  return { atLeast, atMost };
}

/** KL(N(m, v) ‖ N(0, τ)) by the square of the mean: ½ (m²/τ + v/τ − 1 − ln(v/τ)), without cancellation at v = τ. */
function divergence(squaredMean: number, variance: number, tau: number): number {
  const excess = (variance - tau) / tau;
  return 0.5 * (squaredMean / tau + excess - Math.log1p(excess));
}
