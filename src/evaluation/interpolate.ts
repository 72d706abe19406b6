import type { Rows } from "../math/rows.ts";

export type Interpolation = "linear" | "spherical";

/** Sine of the angle below which two directions count as one. */
const PARALLEL = 1e-6;

/**
 * The way from one latent to another in equal steps, both ends included: [steps] rows of shape [D].
 *
 * linear: (1 − t) a + t b. It leaves the shell of radius √D on which the draws of N(0, I) lie.
 * spherical (Shoemake 1985): (sin((1 − t)ω) a + sin(tω) b) / sin ω with ω the angle between a and b. It keeps to the
 * shell where both ends do; linear where a and b are parallel.
 *
 * @param steps rows of the result, at least 2
 * @throws Error for latents of different length, fewer than two steps, and opposite ends of a spherical way
 */
export function interpolate(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  steps: number,
  kind: Interpolation = "spherical",
): Rows {
  const dim = from.length;
  if (to.length !== dim)
    throw new Error(
      `interpolate: expected two latents of the same length, got ${dim} and ${to.length} numbers.`,
    );
  if (!Number.isInteger(steps) || steps < 2)
    throw new Error(
      `interpolate: expected a whole number of at least 2 steps, both ends included, got ${steps}.`,
    );
  const weights = kind === "linear" ? straight : arc(from, to);
  const values = new Float64Array(steps * dim);
  for (let step = 0; step < steps; step++) {
    const [a, b] = weights(step / (steps - 1));
    for (let j = 0; j < dim; j++) values[step * dim + j] = a * (from[j] ?? 0) + b * (to[j] ?? 0);
  }
  return { count: steps, shape: [dim], values };
}

/** Time from 0 to 1 → the share of each end. */
type Weights = (t: number) => readonly [number, number];

const straight: Weights = (t) => [1 - t, t];

function arc(from: ArrayLike<number>, to: ArrayLike<number>): Weights {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, j) => sum + value * (b[j] ?? 0), 0);
  const lengths = Math.sqrt(dot(from, from) * dot(to, to));
  const cosine = lengths > 0 ? Math.min(1, Math.max(-1, dot(from, to) / lengths)) : 1;
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  if (sine >= PARALLEL)
    return (t) => [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  if (cosine < 0)
    throw new Error(
      "interpolate: the two latents are opposite, so that no shortest arc joins them; interpolate linearly.",
    );
  return straight;
}
