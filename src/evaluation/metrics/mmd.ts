import { firstRows, rowSize, stackRows, type Rows } from "../../math/rows.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";

/** Rows from which the bandwidth is taken, of each sample. */
const BANDWIDTH_ROWS = 500;

function squaredDistance(a: Rows, i: number, b: Rows, j: number, size: number): number {
  let sum = 0;
  const [left, right] = [i * size, j * size];
  for (let k = 0; k < size; k++)
    sum += ((a.values[left + k] ?? 0) - (b.values[right + k] ?? 0)) ** 2;
  return sum;
}

/** Median distance between two of the rows of both samples: the usual heuristic for the kernel's bandwidth. */
export function medianDistance(x: Rows, y: Rows): number {
  const size = rowSize(x);
  const pooled = stackRows([firstRows(x, BANDWIDTH_ROWS), firstRows(y, BANDWIDTH_ROWS)]);
  const squares: number[] = [];
  for (let i = 0; i < pooled.count; i++)
    for (let j = 0; j < i; j++) squares.push(squaredDistance(pooled, i, pooled, j, size));
  const sorted = Float64Array.from(squares).sort();
  return Math.sqrt(sorted[sorted.length >> 1] ?? 0);
}

/**
 * Unbiased estimate of the squared maximum mean discrepancy, kernel exp(−‖x − y‖² / 2σ²), of two samples of the same
 * size m: the U-statistic mean over i ≠ j of h_ij = k(x_i, x_j) + k(y_i, y_j) − k(x_i, y_j) − k(x_j, y_i) (Gretton et
 * al. 2012, lemma 6). It stays unbiased where x_i and y_i belong together, as draws for the same condition do, and it
 * can be negative.
 *
 * The standard error is that of a U-statistic of degree 2 (Hoeffding): 4ζ/m + 2δ/(m(m − 1)), with ζ the variance of
 * E[h | one point] and δ that of what no single point explains. From the variances s² of the row means of h and v of
 * all h_ij: s² = ζ + δ/m and v = 2ζ + δ.
 */
export function squaredMmd(x: Rows, y: Rows, bandwidth: number): { value: number; stderr: number } {
  const m = Math.min(x.count, y.count);
  const size = rowSize(x);
  const factor = -1 / (2 * bandwidth * bandwidth);
  const k = (a: Rows, i: number, b: Rows, j: number): number =>
    Math.exp(factor * squaredDistance(a, i, b, j, size));
  const sums = new Float64Array(m);
  let squares = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < i; j++) {
      const h = k(x, i, x, j) + k(y, i, y, j) - k(x, i, y, j) - k(x, j, y, i);
      sums[i] = (sums[i] ?? 0) + h;
      sums[j] = (sums[j] ?? 0) + h;
      squares += 2 * h * h;
    }
  const pairs = m * (m - 1);
  const value = sums.reduce((sum, row) => sum + row, 0) / pairs;
  const v = squares / pairs - value * value;
  const s2 = sums.reduce((sum, row) => sum + (row / (m - 1) - value) ** 2, 0) / (m - 1);
  const zeta = Math.max(0, (s2 - v / m) / (1 - 2 / m));
  const delta = Math.max(0, v - 2 * zeta);
  return { value, stderr: Math.sqrt((4 * zeta) / m + (2 * delta) / pairs) };
}

/** Maximum mean discrepancy between draws and test rows, and, as its floor, between training and test rows. */
export const mmd = defineMetric({
  name: "mmd",
  summary:
    "squared maximum mean discrepancy to the test rows, Gaussian kernel of the median distance",
  paper: "Gretton, Borgwardt, Rasch, Schölkopf & Smola (2012), JMLR 13",
  async compute({ twoSamples }) {
    const { model, data, reference, nonfinite } = await twoSamples();
    const provenance = { kind: "samples", draws: model.count } as const;
    const about = { n: data.count, nonfinite, unit: "1", provenance } as const;
    if (nonfinite > 0) return { metrics: { mmd: measure(NaN, NaN, about) } };
    // From real rows alone, so that all models are measured with one kernel.
    const bandwidth = medianDistance(data, reference);
    const { value, stderr } = squaredMmd(model, data, bandwidth);
    const floor = squaredMmd(reference, data, bandwidth).value;
    return { metrics: { mmd: measure(value, stderr, { ...about, floor, bandwidth }) } };
  },
});
