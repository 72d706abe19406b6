/** Sizes of a split: D coordinates, of which d_a are moved. */
export interface Split {
  readonly dim: number;
  readonly active: number;
}

/**
 * γ(D, d_a) = [d_p (d_p − 1) + d_a (d_a − 1)] / ((D − 1)(D + 2)): the factor of E_Q[S] by one optimal layer after a Haar rotation, for
 * small S and mean eigenvalue 1. A symmetric traceless perturbation E of Σ = I has S ≈ ¼‖E‖²; the layer leaves the entries off the
 * diagonal within the two blocks, and a Haar rotation spreads ‖E‖² over the D(D+1)/2 − 1 directions of such matrices alike.
 *
 * With `passiveRescale` false the diagonal of the passive block stays, too, which adds 2 d_p / (D (D + 2)): for one layer, since the
 * trace is then no longer D.
 */
export function localRate({ dim, active }: Split, passiveRescale = true): number {
  const passive = dim - active;
  const kept = (passive * (passive - 1) + active * (active - 1)) / ((dim - 1) * (dim + 2));
  return passiveRescale ? kept : kept + (2 * passive) / (dim * (dim + 2));
}

/**
 * The same where a random permutation stands in place of the rotation, after a layer: all entries on the diagonal are 1, and each
 * pair of coordinates is in one block with probability [d_p (d_p − 1) + d_a (d_a − 1)] / (D (D − 1)). Half split: (D − 2) / (2 (D − 1)).
 */
export function localPermutationRate({ dim, active }: Split): number {
  const passive = dim - active;
  return (passive * (passive - 1) + active * (active - 1)) / (dim * (dim - 1));
}

/**
 * Bound of E_Q[S] after the layer by S alone, for Haar rotations and tr Σ = D (Draxler, Schnörr & Köthe 2022):
 *
 *     S + d_a/2 ln(1 − 2 D d_p / ((D−1)(D+2)) · (1 − r)/(1 + r) · (1 − g))      g = exp(−2S/D), r = √(1 − g^D)
 *
 * @param s nats, ≥ 0
 */
export function lossBound(s: number, { dim, active }: Split): number {
  const passive = dim - active;
  const root = Math.sqrt(-Math.expm1(-2 * s));
  // (1 − r)/(1 + r) without a difference of nearly equal numbers: (1 − r²)/(1 + r)².
  const share = Math.exp(-2 * s) / (1 + root) ** 2;
  const factor = ((2 * dim * passive) / ((dim - 1) * (dim + 2))) * share;
  return s + (active / 2) * Math.log1p(factor * Math.expm1((-2 * s) / dim));
}

/**
 * Bound of E_Q[S] after the layer by S and the eigenvalues λ of Σ, whose mean is 1 (the same paper):
 *
 *     S + d_a/2 ln(1 − D d_p / ((D+2)(D−1)) · Var λ / λ_max)
 *
 * @param spectrum Var λ = Σ (λ − 1)² / D, and the largest eigenvalue
 */
export function spectrumBound(
  s: number,
  spectrum: { readonly variance: number; readonly largest: number },
  { dim, active }: Split,
): number {
  const passive = dim - active;
  const factor = (dim * passive) / ((dim + 2) * (dim - 1));
  return s + (active / 2) * Math.log1p((-factor * spectrum.variance) / spectrum.largest);
}
