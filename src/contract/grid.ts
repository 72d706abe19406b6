import type { Rows } from "../math/rows.ts";

/** Cells per side by dimension: fine for the integral, coarse for counting samples. */
const FINE = { 1: 4000, 2: 400 } as const;
const COARSE = { 1: 40, 2: 10 } as const;

export interface Grid {
  /** Centres of the fine cells, the last column running fastest. */
  readonly rows: Rows;
  /** Length or area of one cell. */
  readonly cell: number;
  readonly low: readonly number[];
  readonly side: readonly number[];
  readonly fine: number;
  readonly coarse: number;
}

/** Smallest and largest entry of a column of rows [N, D]. */
function extremes(values: Float64Array, column: number, dim: number): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let k = column; k < values.length; k += dim) {
    least = Math.min(least, values[k] ?? NaN);
    most = Math.max(most, values[k] ?? NaN);
  }
  return [least, most];
}

/**
 * Fine cells over a box that is 1.6 times the samples' own, in one or two dimensions.
 *
 * @param fine cells per side
 */
export function gridAround(
  { values }: Rows,
  dim: number,
  fine: number = FINE[dim === 1 ? 1 : 2],
): Grid {
  const low: number[] = [];
  const side: number[] = [];
  for (let column = 0; column < dim; column++) {
    const [least, most] = extremes(values, column, dim);
    const margin = 0.3 * (most - least);
    low.push(least - margin);
    side.push(most - least + 2 * margin);
  }
  const coarse = COARSE[dim === 1 ? 1 : 2];
  const count = fine ** dim;
  const centres = new Float64Array(count * dim);
  for (let i = 0; i < count; i++) {
    let rest = i;
    for (let column = dim - 1; column >= 0; column--) {
      centres[i * dim + column] =
        (low[column] ?? 0) + (((rest % fine) + 0.5) / fine) * (side[column] ?? 0);
      rest = Math.floor(rest / fine);
    }
  }
  const cell = side.reduce((product, s) => product * s, 1) / count;
  return { rows: { count, shape: [dim], values: centres }, cell, low, side, fine, coarse };
}

/**
 * Pearson's statistic of the samples over the coarse cells that expect at least five of them, centred and scaled to
 * deviation 1.
 *
 * @param mass probability of each fine cell
 */
export function normalisedChiSquare(mass: Float64Array, grid: Grid, samples: Rows): number {
  const { low, side, coarse, rows } = grid;
  const dim = low.length;
  const cellOf = (values: Float64Array, row: number): number => {
    let cell = 0;
    for (let column = 0; column < dim; column++) {
      const share = ((values[row * dim + column] ?? 0) - (low[column] ?? 0)) / (side[column] ?? 1);
      cell = cell * coarse + Math.floor(share * coarse);
    }
    return cell;
  };
  const expected = new Float64Array(coarse ** dim);
  const counted = new Float64Array(coarse ** dim);
  mass.forEach((value, i) => {
    const cell = cellOf(rows.values, i);
    expected[cell] = (expected[cell] ?? 0) + samples.count * value;
  });
  for (let i = 0; i < samples.count; i++) {
    const cell = cellOf(samples.values, i);
    counted[cell] = (counted[cell] ?? 0) + 1;
  }
  let statistic = 0;
  let cells = 0;
  expected.forEach((mean, cell) => {
    if (mean < 5) return;
    statistic += ((counted[cell] ?? 0) - mean) ** 2 / mean;
    cells++;
  });
  return (statistic - cells) / Math.sqrt(2 * cells);
}
