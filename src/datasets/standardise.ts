import { columnDeviations, columnMeans } from "../math/moments.ts";
import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import { DataError } from "./data-error.ts";

/** What is saved as `preprocessing.json`; JSON keeps every bit of a double. */
export interface StandardisationData {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** z = (x − mean) / scale, entry by entry. */
export interface Standardisation {
  /** [D] */
  readonly mean: Float64Array;
  /** [D], above 0. */
  readonly scale: Float64Array;
  /** ln|det ∂z/∂x| = −Σ ln scale, nats: NLL in raw units = NLL of the standardised rows − logDetPerRow. */
  readonly logDetPerRow: number;
  /** Raw rows to standardised ones. */
  apply(rows: Rows): Rows;
  /** Standardised rows to raw ones. */
  invert(rows: Rows): Rows;
  toJSON(): StandardisationData;
}

function create(mean: Float64Array, scale: Float64Array): Standardisation {
  const map = (rows: Rows, f: (value: number, j: number) => number): Rows => {
    const size = rowSize(rows);
    if (size !== mean.length)
      throw new DataError(
        `standardise: expected rows of ${mean.length} entries, as it was fitted to, got ${size}.`,
      );
    return { ...rows, values: rows.values.map((value, k) => f(value, k % size)) };
  };
  return {
    mean,
    scale,
    logDetPerRow: -scale.reduce((sum, sd) => sum + Math.log(sd), 0),
    apply: (rows) => map(rows, (x, j) => (x - (mean[j] ?? 0)) / (scale[j] ?? 1)),
    invert: (rows) => map(rows, (z, j) => z * (scale[j] ?? 1) + (mean[j] ?? 0)),
    toJSON: () => ({ mean: [...mean], scale: [...scale] }),
  };
}

/** Whether a column varies. A constant like 0.1 has a mean that is off by round-off, so its deviation is not exactly 0. */
export const hasSpread = (mean: number, deviation: number): boolean =>
  deviation > 1e-13 * Math.abs(mean) && deviation > 0;

/**
 * Mean and standard deviation (divided by N) of the training rows.
 *
 * @param columns names for the error message; indices when left out
 * @throws DataError for a column without variance, where its scale would be 0, and for one whose variance overflows
 */
export function fitStandardisation(train: Rows, columns?: readonly string[]): Standardisation {
  const mean = columnMeans(train);
  const scale = columnDeviations(train, mean);
  const constant = [...scale].flatMap((sd, j) =>
    hasSpread(mean[j] ?? 0, sd) ? [] : [columns?.[j] ?? String(j)],
  );
  if (constant.length > 0)
    throw new DataError(
      `standardise: expected columns that vary in the training rows, got one value only in ${constant.join(", ")}; ` +
        "leave them out of columns, or set data.dropConstant=true.",
    );
  const boundless = scale.findIndex((sd) => !Number.isFinite(sd));
  if (boundless >= 0)
    throw new DataError(
      `standardise: expected values whose squares are finite, got a deviation of ${scale[boundless] ?? NaN} ` +
        `in column ${columns?.[boundless] ?? boundless}; mend its largest values, or leave it out.`,
    );
  return create(mean, scale);
}

/** Leaves rows as they are: mean 0, scale 1. */
export const identityStandardisation = (size: number): Standardisation =>
  create(new Float64Array(size), new Float64Array(size).fill(1));

/** From what `toJSON` gave, through JSON: applies exactly as the original does. */
export function standardisationFromJSON({ mean, scale }: StandardisationData): Standardisation {
  const sound = mean.every(Number.isFinite) && scale.every((sd) => sd > 0 && sd < Infinity);
  if (mean.length !== scale.length || !sound)
    throw new DataError(
      `standardise: expected as many finite means as positive scales, got [${mean.join(", ")}] and ` +
        `[${scale.join(", ")}]; the saved preprocessing is damaged.`,
    );
  return create(Float64Array.from(mean), Float64Array.from(scale));
}
