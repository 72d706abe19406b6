import { rowSize } from "./rows.ts";
import type { Rows } from "./rows.ts";

/** N(m, Σ). */
export interface GaussianMoments {
  /** [D] */
  readonly mean: Float64Array;
  /** Row-major [D, D]. */
  readonly covariance: Float64Array;
}

const needRows = (who: string, rows: Rows): void => {
  if (rows.count < 1) throw new Error(`${who}: expected at least 1 row, got 0.`);
};

/** Mean of each entry [D]. */
export function columnMeans(rows: Rows): Float64Array {
  needRows("columnMeans", rows);
  const size = rowSize(rows);
  const mean = new Float64Array(size);
  for (let i = 0; i < rows.count; i++)
    for (let j = 0; j < size; j++) mean[j] = (mean[j] ?? 0) + (rows.values[i * size + j] ?? 0);
  return mean.map((sum) => sum / rows.count);
}

/** Covariance [D, D], row-major, divided by N (maximum likelihood), about the given mean. */
export function covariance(rows: Rows, mean = columnMeans(rows)): Float64Array {
  needRows("covariance", rows);
  const size = rowSize(rows);
  const sums = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let i = 0; i < rows.count; i++) {
    for (let j = 0; j < size; j++) centred[j] = (rows.values[i * size + j] ?? 0) - (mean[j] ?? 0);
    for (let j = 0; j < size; j++) {
      const factor = centred[j] ?? 0;
      for (let k = 0; k <= j; k++)
        sums[j * size + k] = (sums[j * size + k] ?? 0) + factor * (centred[k] ?? 0);
    }
  }
  return sums.map((_, index) => {
    const [j, k] = [Math.floor(index / size), index % size];
    return (sums[Math.max(j, k) * size + Math.min(j, k)] ?? 0) / rows.count;
  });
}

/** Standard deviation of each entry [D], divided by N, about the given mean. */
export function columnDeviations(rows: Rows, mean = columnMeans(rows)): Float64Array {
  needRows("columnDeviations", rows);
  const size = rowSize(rows);
  const sums = new Float64Array(size);
  for (let i = 0; i < rows.count; i++)
    for (let j = 0; j < size; j++)
      sums[j] = (sums[j] ?? 0) + ((rows.values[i * size + j] ?? 0) - (mean[j] ?? 0)) ** 2;
  return sums.map((sum) => Math.sqrt(sum / rows.count));
}
