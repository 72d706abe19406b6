import { mean, standardError } from "../math/statistics.ts";
import type { Provenance } from "../model.ts";

/** What a model of this family gets on the same rows. */
export interface Baseline {
  readonly family: string;
  readonly value: number;
  readonly stderr: number | null;
  readonly provenance: Provenance;
}

/** A number of a record, with its meaning. JSON-ready: what is not finite is null with a flag. */
export interface Metric {
  readonly value: number | null;
  /** Why there is no value. */
  readonly flag?: "nan" | "inf" | "-inf";
  /** Standard error over rows; null where there is none. */
  readonly stderr: number | null;
  /** Rows, non-finite ones included. */
  readonly n: number;
  /** Rows whose term is NaN or infinite. One is enough to leave the mean without a value. */
  readonly nonfinite: number;
  readonly unit: string;
  readonly provenance: Provenance;
  /** A single row decides the value, by more than the error of all others: it has no known error. */
  readonly ruledByOneRow?: true;
  /** What it is held against, where that could be fitted. */
  readonly baseline?: Baseline;
}

/** Mean of the terms (plus a constant) and its standard error. Rows that are not finite are never left out of it. */
export function meanMetric(terms: Float64Array, provenance: Provenance, constant = 0): Metric {
  const nonfinite = terms.reduce((count, term) => count + (Number.isFinite(term) ? 0 : 1), 0);
  const value = mean(terms) + constant;
  const about = { n: terms.length, nonfinite, unit: "nats", provenance } as const;
  if (!Number.isFinite(value)) return { value: null, flag: flagOf(value), stderr: null, ...about };
  const stderr = standardError(terms);
  return { value, stderr: Number.isNaN(stderr) ? null : stderr, ...about };
}

/** What to say of a value that is not finite. */
export const flagOf = (value: number): "nan" | "inf" | "-inf" =>
  Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
