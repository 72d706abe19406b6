import { cholesky } from "../math/cholesky.ts";
import { columnMeans, covariance } from "../math/moments.ts";
import type { Rng } from "../math/rng.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { logSumExp, mean, standardError } from "../math/statistics.ts";
import { triangularInverse } from "../math/triangular-inverse.ts";
import { gridAround } from "./grid.ts";

type LogDensity = (rows: Rows) => Float64Array;

export interface Mass {
  /** ∫ p. */
  readonly mass: number;
  /** How far from 1 it may be. */
  readonly tolerance: number;
}

/** Cells per side of the grid in one and two dimensions. */
const CELLS = 200;
const DRAWS = 20_000;
const CENTRES = 300;

/** ∫ p by a grid in one and two dimensions, by importance weights in more. Rows show where the density is. */
export function densityMass(logDensity: LogDensity, rows: Rows, rng: Rng): Mass {
  return rowSize(rows) <= 2 ? byGrid(logDensity, rows) : byWeights(logDensity, rows, rng);
}

/** Midpoint rule over 1.6 times the rows' box. An edge of the density costs up to a cell on each side. */
function byGrid(logDensity: LogDensity, rows: Rows): Mass {
  const { rows: centres, cell } = gridAround(rows, rowSize(rows), CELLS);
  const log = logDensity({ ...centres, shape: rows.shape });
  return { mass: log.reduce((sum, l) => sum + Math.exp(l) * cell, 0), tolerance: 0.03 };
}

/** How much of the rows' own spread the centres keep; the kernels have that of all rows, so that weights stay bounded. */
const SHRINK = 0.7;

/**
 * Mean of p/q over draws of q, a mixture of Gaussians around some of the rows, drawn towards their mean, each with the
 * covariance of all of them: as wide as the rows in every direction, and not far from them in shape.
 */
function byWeights(logDensity: LogDensity, rows: Rows, rng: Rng): Mass {
  const dim = rowSize(rows);
  const flat = { ...rows, shape: [dim] };
  const middle = columnMeans(flat);
  const factor = cholesky(covariance(flat, middle), dim, "covariance of the rows");
  const back = triangularInverse(factor.lower, dim);
  const kernels = Math.min(CENTRES, rows.count);
  const centres = triangular(back, rows.values.subarray(0, kernels * dim), dim, middle).map(
    (w) => SHRINK * w,
  );
  const chosen = rng.fork("kernel").integers(DRAWS, kernels);
  const white = rng
    .fork("draws")
    .normals(DRAWS * dim)
    .map((e, k) => e + (centres[(chosen[Math.floor(k / dim)] ?? 0) * dim + (k % dim)] ?? 0));
  const values = triangular(factor.lower, white, dim).map((v, k) => v + (middle[k % dim] ?? 0));
  const log = logDensity({ count: DRAWS, shape: rows.shape, values });
  const scale = factor.logDet / 2 + (dim / 2) * Math.log(2 * Math.PI) + Math.log(kernels);
  const weights = log.map((l, i) => {
    const terms = Float64Array.from({ length: kernels }, (_, c) => {
      let square = 0;
      for (let j = 0; j < dim; j++)
        square += ((white[i * dim + j] ?? 0) - (centres[c * dim + j] ?? 0)) ** 2;
      return -0.5 * square - scale;
    });
    return Math.exp(l - logSumExp(terms));
  });
  // Heavy weights hide their own deviation, so no agreement is asked closer than a tenth.
  return { mass: mean(weights), tolerance: Math.max(0.1, 5 * standardError(weights)) };
}

/** L (x − m) of rows [N, D], for a lower triangular L. */
function triangular(
  lower: Float64Array,
  rows: Float64Array,
  dim: number,
  middle: Float64Array = new Float64Array(dim),
): Float64Array {
  return rows.map((_, k) => {
    const [start, i] = [k - (k % dim), k % dim];
    let sum = 0;
    for (let j = 0; j <= i; j++)
      sum += (lower[i * dim + j] ?? 0) * ((rows[start + j] ?? 0) - (middle[j] ?? 0));
    return sum;
  });
}
