/**
 * The record of a run, `result.json`, schema 1: what tables, plots and other tools read. Fields may be added; none
 * changes its meaning without a new schema number.
 */

/** Where a likelihood comes from; see Provenance in model.ts, of which this is the written form. */
export interface RecordedProvenance {
  readonly kind: string;
  readonly [detail: string]: unknown;
}

/**
 * How exact a likelihood is, in a word or three: "ode", "ode, hutchinson, bound". It is estimated where its trace or its
 * log-determinant is.
 */
export function markOf(provenance: RecordedProvenance | undefined): string {
  if (provenance === undefined) return "exact";
  const { kind, trace, logDet, bound } = provenance;
  const estimated = [trace, logDet].some(
    (how) => typeof how === "string" && how.startsWith("hutchinson"),
  );
  return [kind, ...(estimated ? ["hutchinson"] : []), ...(bound === true ? ["bound"] : [])].join(
    ", ",
  );
}

/** A number that JSON cannot hold. */
export type NonFiniteFlag = "nan" | "inf" | "-inf";

/** A measured number with its meaning. `value` is null, and `flag` says why, where it is not finite. */
export interface RecordedMetric {
  readonly value: number | null;
  readonly flag?: NonFiniteFlag;
  /** Standard error over the rows; null where it is unknown. */
  readonly stderr?: RecordedNumber | null;
  /** Rows that the value is a mean of. */
  readonly n?: number;
  /** Rows whose term is not finite; one is enough to leave the mean without a value. */
  readonly nonfinite?: number;
  readonly unit?: string;
  readonly provenance?: RecordedProvenance;
  /** A single row decides the value, whose error is then unknown. */
  readonly ruledByOneRow?: boolean;
  /** What a model of another family gets on the same rows. */
  readonly baseline?: RecordedBaseline;
  readonly [detail: string]: unknown;
}

export interface RecordedBaseline {
  readonly family: string;
  readonly value: number;
  readonly stderr: RecordedNumber | null;
  readonly provenance: RecordedProvenance;
}

export type RecordedNumber = number | { readonly value: null; readonly flag: NonFiniteFlag };

export type RunStatus = "done" | "diverged" | "failed";

/** A configuration as it stands in a record: every key present, sorted by group. */
export type RecordedConfig = Readonly<Record<string, unknown>>;

export interface RunRecord {
  readonly schema: 1;
  readonly status: RunStatus;
  /** Why the run is not done. */
  readonly reason?: string;
  readonly family: string;
  readonly dataset: string;
  /** Entries per row; null where the data could not be read. */
  readonly dim: number | null;
  readonly seed: number;
  readonly config: RecordedConfig;
  readonly configHash: string;
  readonly metrics: Readonly<Record<string, RecordedMetric>>;
  readonly layers?: readonly Readonly<Record<string, unknown>>[];
  readonly training?: Readonly<Record<string, unknown>>;
  /** What it took to compute the likelihoods of the test rows: all that the model has, and their own checks. */
  readonly evaluation?: Readonly<Record<string, unknown>>;
  /** What the user should know: rows dropped, duplicates, a fallback that was taken. */
  readonly notes: readonly string[];
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** One evaluation during training. NaN where a number is missing or was not finite. */
export interface CurvePoint {
  readonly step: number;
  /** Mean over the steps since the evaluation before. */
  readonly trainLoss: number;
  /** What training watches, on the whole validation set. */
  readonly validation: number;
}

const flagOf = (x: number): NonFiniteFlag => (Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");

/**
 * The same structure without numbers that JSON would silently turn to null: a non-finite `value` becomes null with
 * a `flag` beside it, any other non-finite number `{ value: null, flag }`.
 */
export function encodeNumbers(x: unknown): unknown {
  if (typeof x === "number") return Number.isFinite(x) ? x : { value: null, flag: flagOf(x) };
  if (Array.isArray(x)) return x.map(encodeNumbers);
  if (x === null || typeof x !== "object") return x;
  return Object.fromEntries(
    Object.entries(x).flatMap(([key, value]: [string, unknown]): [string, unknown][] =>
      key === "value" && typeof value === "number" && !Number.isFinite(value)
        ? [
            ["value", null],
            ["flag", flagOf(value)],
          ]
        : value === undefined
          ? []
          : [[key, encodeNumbers(value)]],
    ),
  );
}

/** A recorded number as a number again: NaN or ±Infinity where it is flagged, NaN where it is missing. */
export function decodeNumber(x: unknown): number {
  if (typeof x === "number") return x;
  const flag = typeof x === "object" && x !== null && "flag" in x ? x.flag : undefined;
  return flag === "inf" ? Infinity : flag === "-inf" ? -Infinity : NaN;
}

/**
 * Seconds that the run's last attempt took; NaN if it does not say. Records of the first versions have its start and its end
 * alone, between which the clock may have been set.
 */
export function secondsOf({ provenance }: RunRecord): number {
  const { seconds, started, finished } = provenance;
  if (typeof seconds === "number") return seconds;
  const between = (Date.parse(String(finished)) - Date.parse(String(started))) / 1000;
  return between >= 0 ? between : NaN;
}

/** Checks what makes an object a record, and throws with the place where it does not. */
export function parseRecord(x: unknown, where: string): RunRecord {
  const record = x as Partial<RunRecord> | null;
  if (typeof record !== "object" || record === null)
    throw new Error(`${where}: expected a record (a JSON object), got ${JSON.stringify(x)}.`);
  if (record.schema !== 1)
    throw new Error(
      `${where}: expected a record of schema 1, got ${JSON.stringify(record.schema)}; read it with the version that wrote it.`,
    );
  for (const key of ["status", "family", "dataset", "config", "configHash", "metrics"] as const)
    if (record[key] === undefined) throw new Error(`${where}: the record has no "${key}".`);
  return record as RunRecord;
}
