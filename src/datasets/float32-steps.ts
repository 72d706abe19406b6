import { columnDeviations, columnMeans } from "../math/moments.ts";
import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import { DataError } from "./data-error.ts";
import { hasSpread } from "./standardise.ts";

/** Nats per row; tables have three decimals. */
const TOLERATED = 1e-3;
/** Columns that a note describes. */
const DESCRIBED = 3;

/** A column whose deviation spans few steps of float32. */
interface CoarseColumn {
  readonly j: number;
  readonly mean: number;
  /** Steps of float32 at the mean that the standard deviation spans. */
  readonly steps: number;
  /** Nats per row. */
  readonly error: number;
  readonly text: string;
}

/** Distance of neighbours in float32. */
const stepAt = (value: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);

const short = (value: number, digits: number): string => String(Number(value.toPrecision(digits)));

/**
 * The columns in which the rounding of rows to float32 moves the mean log p. With h = the step at the column's mean, rounding adds
 * a variance of h² / 12. That raises the entropy of a Gaussian of deviation σ, and so its NLL, by
 *
 *     ½ ln(1 + h² / (12 σ²)) ≈ h² / (24 σ²) nats
 *
 * and that of any other density of this deviation by more, since to first order it is h² / 24 times the Fisher information, at least
 * 1 / σ². More than 0.001 nats are fewer than 6.5 steps. Errors of single rows, of the order of h / σ, are larger, with mean 0.
 */
function coarseColumns(seen: Rows, columns: readonly string[]): readonly CoarseColumn[] {
  const means = columnMeans(seen);
  const deviations = columnDeviations(seen, means);
  return [...deviations].flatMap((sd, j) => {
    const mean = means[j] ?? 0;
    const steps = sd / stepAt(mean);
    const error = 0.5 * Math.log1p(1 / (12 * steps ** 2));
    if (error <= TOLERATED || !hasSpread(mean, sd)) return [];
    const moments = `mean ${short(mean, 6)}, deviation ${short(sd, 2)}`;
    const text = `"${columns[j] ?? j}" (${moments}, ${short(steps, 2)} steps)`;
    return { j, mean, steps, error, text };
  });
}

function isOneValue({ values, count }: Rows, size: number, j: number): boolean {
  const first = Math.fround(values[j] ?? NaN);
  for (let i = 1; i < count; i++)
    if (Math.fround(values[i * size + j] ?? NaN) !== first) return false;
  return true;
}

/**
 * What the user should know of columns that lie so far from 0 that float32, in which models compute, hardly resolves them. Columns
 * that are constant in float64, too, are none of its concern.
 *
 * @param seen the training rows of a table as the model sees them
 * @throws DataError for a column that varies but has one value only in float32
 */
export function float32Notes(seen: Rows, columns: readonly string[]): readonly string[] {
  const coarse = coarseColumns(seen, columns).toSorted((a, b) => a.steps - b.steps);
  const lost = coarse.find(({ j }) => isOneValue(seen, rowSize(seen), j));
  if (lost !== undefined)
    throw new DataError(
      `column ${lost.text}: expected values that differ in float32, in which models compute, got ${Math.fround(lost.mean)} only; ` +
        "set data.standardise=true, or leave the column out.",
    );
  if (coarse.length === 0) return [];
  const more = coarse.length - DESCRIBED;
  const error = coarse.reduce((sum, column) => sum + column.error, 0);
  return [
    `float32, in which models compute, has few steps within the deviation of column ` +
      coarse
        .slice(0, DESCRIBED)
        .map(({ text }) => text)
        .join(", ") +
      (more > 0 ? ` and ${more} more` : "") +
      `: rounding alone can make log p wrong by about ${short(error, 1)} nats a row; set data.standardise=true.`,
  ];
}
