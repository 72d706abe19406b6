import type { Rng } from "../math/rng.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { mean, standardError } from "../math/statistics.ts";

type LogDensity = (rows: Rows) => Float64Array;

export interface Mass {
  /** ∫ p. */
  readonly mass: number;
  /** How far from 1 it may be. */
  readonly tolerance: number;
}

/** Cells per side of the grid in one and two dimensions. */
const CELLS = 1000;
const DRAWS = 20_000;
const CENTRES = 300;

/** ∫ p by a grid in one and two dimensions, by importance weights in more. Rows show where the density is. */
export function densityMass(logDensity: LogDensity, rows: Rows, rng: Rng): Mass {
  return rowSize(rows) <= 2 ? byGrid(logDensity, rows) : byWeights(logDensity, rows, rng);
}

/** Smallest and largest entry of each column. */
function bounds({ values }: Rows, dim: number): readonly (readonly [number, number])[] {
  return Array.from({ length: dim }, (_, column) => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = column; k < values.length; k += dim) {
      low = Math.min(low, values[k] ?? low);
      high = Math.max(high, values[k] ?? high);
    }
    return [low, high] as const;
  });
}

/** Midpoint rule over 1.6 times the rows' box. An edge of the density costs up to a cell on each side. */
function byGrid(logDensity: LogDensity, rows: Rows): Mass {
  const dim = rowSize(rows);
  const axes = bounds(rows, dim).map(([low, high]) => ({
    low: low - 0.3 * (high - low),
    step: (1.6 * (high - low)) / CELLS,
  }));
  const count = CELLS ** dim;
  const values = new Float64Array(count * dim);
  for (let cell = 0; cell < count; cell++)
    axes.forEach(({ low, step }, column) => {
      const index = column === 0 ? cell % CELLS : Math.floor(cell / CELLS);
      values[cell * dim + column] = low + (index + 0.5) * step;
    });
  const area = axes.reduce((product, { step }) => product * step, 1);
  const log = logDensity({ count, shape: rows.shape, values });
  return { mass: log.reduce((sum, l) => sum + Math.exp(l) * area, 0), tolerance: 0.02 };
}

/** Mean of p/q over draws of q, a wide Gaussian kernel density estimate on some of the rows. */
function byWeights(logDensity: LogDensity, rows: Rows, rng: Rng): Mass {
  const dim = rowSize(rows);
  const widths = bounds(rows, dim).map(([low, high]) => (high - low) / 8);
  const centres = rows.values.subarray(0, Math.min(CENTRES, rows.count) * dim);
  const kernels = centres.length / dim;
  const chosen = rng.fork("kernel").integers(DRAWS, kernels);
  const values = rng
    .fork("draws")
    .normals(DRAWS * dim)
    .map(
      (e, k) =>
        (centres[(chosen[Math.floor(k / dim)] ?? 0) * dim + (k % dim)] ?? 0) +
        e * (widths[k % dim] ?? 1),
    );
  const log = logDensity({ count: DRAWS, shape: rows.shape, values });
  const scale = widths.reduce((sum, w) => sum + Math.log(w), 0) + (dim / 2) * Math.log(2 * Math.PI);
  const weights = log.map((l, i) => {
    let q = 0;
    for (let c = 0; c < kernels; c++) {
      let square = 0;
      for (let j = 0; j < dim; j++)
        square +=
          (((values[i * dim + j] ?? 0) - (centres[c * dim + j] ?? 0)) / (widths[j] ?? 1)) ** 2;
      q += Math.exp(-0.5 * square - scale) / kernels;
    }
    return Math.exp(l) / q;
  });
  // Heavy weights hide their own deviation, so no agreement is asked closer than a tenth.
  return { mass: mean(weights), tolerance: Math.max(0.1, 5 * standardError(weights)) };
}
