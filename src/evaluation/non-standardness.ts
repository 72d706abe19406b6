import { cholesky } from "../math/cholesky.ts";
import { columnMeans, covariance } from "../math/moments.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { mean, standardError } from "../math/statistics.ts";
import { triangularInverse } from "../math/triangular-inverse.ts";

export interface NonStandardness {
  /** Nats, the bias of a finite sample taken off; NaN where the covariance of the rows is singular. */
  readonly value: number;
  readonly stderr: number;
  /** What each row contributes to the deviation of the estimate, nats, mean 0: its s.e. is that of `value`. */
  readonly influence: Float64Array;
}

/**
 * S = KL(N(m, Σ) ‖ N(0, I)) = ½ (tr Σ − D − ln det Σ + ‖m‖²) of the distribution that rows [N, D] are drawn from: what an
 * affine map could still gain (Draxler, Schnörr & Köthe 2022, "Whitening convergence rate of coupling-based normalizing
 * flows").
 *
 * The plug-in estimate is too large by (E‖w‖⁴ + D) / 4N to first order, with w the rows whitened: the traces' biases
 * cancel and −½ ln det Σ̂ leaves this. It is D(D + 3)/4N for Gaussian rows, and subtracted here. The standard error joins
 * the first-order scatter, by the influence function ½ ((z−m)ᵀ(I − Σ⁻¹)(z−m) − tr(Σ − I)) + mᵀ(z−m), and that of the second
 * order, which alone remains for standard rows: √(D(D + 3)) / 2N.
 */
export function nonStandardness(rows: Rows): NonStandardness {
  const { count, values } = rows;
  const dim = rowSize(rows);
  const centre = columnMeans(rows);
  const sigma = covariance(rows, centre);
  const factor = factorise(sigma, dim);
  if (factor === undefined)
    return { value: NaN, stderr: NaN, influence: new Float64Array(count).fill(NaN) };
  const inverse = triangularInverse(factor.lower, dim);
  const trace = centre.reduce((sum, _, j) => sum + (sigma[j * dim + j] ?? 0), 0);
  const plugIn = (trace - dim - factor.logDet + centre.reduce((sum, m) => sum + m * m, 0)) / 2;
  const influence = new Float64Array(count);
  let fourth = 0;
  const z = new Float64Array(dim);
  for (let i = 0; i < count; i++) {
    let [length, shift] = [0, 0];
    for (let j = 0; j < dim; j++) {
      const entry = (values[i * dim + j] ?? 0) - (centre[j] ?? 0);
      z[j] = entry;
      length += entry * entry;
      shift += entry * (centre[j] ?? 0);
    }
    const whitened = squaredLength(inverse, z);
    fourth += whitened * whitened;
    influence[i] = (length - whitened - trace + dim) / 2 + shift;
  }
  const middle = mean(influence);
  return {
    value: plugIn - (fourth / count + dim) / (4 * count),
    stderr: Math.hypot(standardError(influence), Math.sqrt(dim * (dim + 3)) / (2 * count)),
    influence: influence.map((value) => value - middle),
  };
}

/** Nothing where the matrix is singular or not finite: the rows then have no such divergence. */
function factorise(sigma: Float64Array, dim: number): ReturnType<typeof cholesky> | undefined {
  try {
    return cholesky(sigma, dim);
  } catch {
    return undefined;
  }
}

/** ‖L⁻¹ z‖², of a lower triangular matrix. */
function squaredLength(inverse: Float64Array, z: Float64Array): number {
  const dim = z.length;
  let sum = 0;
  for (let i = 0; i < dim; i++) {
    let entry = 0;
    for (let j = 0; j <= i; j++) entry += (inverse[i * dim + j] ?? 0) * (z[j] ?? 0);
    sum += entry * entry;
  }
  return sum;
}
