import { rowSize, type Rows } from "../math/rows.ts";
import { DataError } from "./data-error.ts";
import { didYouMean } from "./did-you-mean.ts";

/** Open bounds of a column, lower and upper; null: none on that side. */
export type Bounds = readonly (number | null)[];
/** Bounds by column, or one pair for all columns; null: none. */
export type BoundsChoice = Bounds | Readonly<Record<string, Bounds>> | null;
/** Map of a column with one bound. */
export type HalfLineMap = "log" | "softplus";

export interface BoundsData {
  /** [D]: bounds of each column. */
  readonly pairs: readonly Bounds[];
  readonly halfLine: HalfLineMap;
}

/** Bounded columns to the whole line, entry by entry, in float64. */
export interface BoundMap {
  /**
   * Raw rows to rows on the line.
   *
   * @param part for messages: "training"
   * @throws DataError for a value outside of or on its bounds, with the row, from 0
   */
  apply(rows: Rows, part: string): Rows;
  /** Rows on the line to raw ones, always strictly inside of the bounds. */
  invert(rows: Rows): Rows;
  /** ln|det ∂y/∂x| of each raw row, nats. */
  logDet(rows: Rows): Float64Array;
  readonly data: BoundsData;
}

/** An increasing map of an open interval onto the line, with its inverse and the logarithm of its slope. */
interface LineMap {
  forward(x: number): number;
  inverse(y: number): number;
  logSlope(x: number): number;
}

const log1pExp = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** From (0, ∞): y = ln x, or the inverse of softplus, y = ln(eˣ − 1) = x + ln(1 − e⁻ˣ), with slope 1/(1 − e⁻ˣ). */
const POSITIVE: Readonly<Record<HalfLineMap, LineMap>> = {
  log: { forward: Math.log, inverse: Math.exp, logSlope: (x) => -Math.log(x) },
  softplus: {
    forward: (x) => x + Math.log(-Math.expm1(-x)),
    inverse: log1pExp,
    logSlope: (x) => -Math.log(-Math.expm1(-x)),
  },
};

/** From (low, high): y = ln (x − low)/(high − x), with slope (high − low)/((x − low)(high − x)). */
const logit = (low: number, high: number): LineMap => ({
  forward: (x) => Math.log(x - low) - Math.log(high - x),
  // From the nearer end, so that digits next to it are not lost.
  inverse: (y) =>
    y < 0
      ? low + (high - low) * (Math.exp(y) / (1 + Math.exp(y)))
      : high - (high - low) * (Math.exp(-y) / (1 + Math.exp(-y))),
  logSlope: (x) => Math.log(high - low) - Math.log(x - low) - Math.log(high - x),
});

function lineMap([low = null, high = null]: Bounds, halfLine: HalfLineMap): LineMap | undefined {
  const positive = POSITIVE[halfLine];
  if (low !== null && high !== null) return logit(low, high);
  if (low !== null)
    return {
      forward: (x) => positive.forward(x - low),
      inverse: (y) => low + positive.inverse(y),
      logSlope: (x) => positive.logSlope(x - low),
    };
  if (high !== null)
    return {
      forward: (x) => -positive.forward(high - x),
      inverse: (y) => high - positive.inverse(-y),
      logSlope: (x) => positive.logSlope(high - x),
    };
  return undefined;
}

/** The double next to x, towards +∞ or −∞. */
function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0] = (bits[0] ?? 0n) + BigInt(x > 0 === direction > 0 ? 1 : -1);
  return new Float64Array(bits.buffer)[0] ?? x;
}

/** What round-off has put on a bound, or a wild draw beyond all doubles, goes to the last double inside. */
function inside(x: number, [low = null, high = null]: Bounds): number {
  if (low !== null && x <= low) return neighbour(low, 1);
  if (high !== null && x >= high) return neighbour(high, -1);
  return Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/**
 * Bounds of each column.
 *
 * @throws DataError for unknown columns, and pairs that are empty or not in order
 */
export function boundsOf(choice: NonNullable<BoundsChoice>, columns: readonly string[]): Bounds[] {
  if (isPair(choice)) return columns.map(() => checked("all columns", choice));
  const unknown = Object.keys(choice).find((name) => !columns.includes(name));
  if (unknown !== undefined)
    throw new DataError(
      `bounds: expected a column that is modelled, got "${unknown}".${didYouMean(unknown, columns)}`,
    );
  return columns.map((name) => {
    const pair = Object.hasOwn(choice, name) ? choice[name] : undefined;
    return pair === undefined ? [null, null] : checked(`"${name}"`, pair);
  });
}

/** Narrows; Array.isArray does not do so for readonly arrays. */
const isPair = (choice: NonNullable<BoundsChoice>): choice is Bounds => Array.isArray(choice);

function checked(where: string, pair: Bounds): Bounds {
  const [low = null, high = null] = pair;
  if ((low === null && high === null) || (low !== null && high !== null && low >= high))
    throw new DataError(
      `bounds: expected [low, high] with low < high for ${where}, one of them may be null, got ${JSON.stringify(pair)}; ` +
        "change it, or leave the column out.",
    );
  return pair;
}

export function boundMap(data: BoundsData, columns: readonly string[]): BoundMap {
  const { pairs, halfLine } = data;
  const maps = pairs.map((pair) => lineMap(pair, halfLine));
  const size = pairs.length;
  const check = (rows: Rows, part: string): void => {
    const bad = rows.values.findIndex((x, k) => {
      const [low = null, high = null] = pairs[k % size] ?? [];
      return !((low === null || x > low) && (high === null || x < high));
    });
    if (bad < 0) return;
    const [low = null, high = null] = pairs[bad % size] ?? [];
    throw new DataError(
      `column "${columns[bad % size] ?? bad % size}", ${part} row ${Math.floor(bad / size)}: expected a value inside of the open bounds ` +
        `(${low ?? "-inf"}, ${high ?? "inf"}), got ${rows.values[bad] ?? NaN}; widen data.bounds, or mend or remove the row.`,
    );
  };
  return {
    data,
    apply(rows, part) {
      if (rowSize(rows) !== size)
        throw new Error(`bounds: expected rows of ${size} entries, got ${rowSize(rows)}.`);
      check(rows, part);
      return { ...rows, values: rows.values.map((x, k) => maps[k % size]?.forward(x) ?? x) };
    },
    invert: (rows) => ({
      ...rows,
      values: rows.values.map((y, k) =>
        inside(maps[k % size]?.inverse(y) ?? y, pairs[k % size] ?? []),
      ),
    }),
    logDet: ({ count, values }) =>
      new Float64Array(count).map((_, i) =>
        maps.reduce((sum, map, j) => sum + (map?.logSlope(values[i * size + j] ?? NaN) ?? 0), 0),
      ),
  };
}
