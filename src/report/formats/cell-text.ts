import type { FormatOptions } from "../format-table.ts";
import type { Cell, Table } from "../table.ts";

/** What a reader sees of a cell. */
export interface CellText {
  /** "-1.0124"; null where there is no number, and `marks` say why. */
  readonly value: string | null;
  /** "0.0031"; null where it is unknown, or of a count that is the same in every seed. */
  readonly error: string | null;
  /** Kind of the likelihood where it is not exact, seeds where they are fewer than usual, what was lost. */
  readonly marks: readonly string[];
  readonly bold: boolean;
}

/** Provenance that needs no mark: the rule for likelihoods, and for metrics of draws the only one. */
const UNMARKED: readonly string[] = ["exact", "samples"];

const MOST_DECIMALS = 12;
/** From here on digits before the point say no more than an exponent. */
const HUGE = 1e15;

/** Decimals at which the standard error has so many digits; unless they were asked for, two, and at least 2 decimals and at most 6. */
function decimalsFor(stderr: number | null, digits: number | undefined): number {
  if (stderr === null || stderr <= 0) return Math.max(4, digits ?? 4);
  const wanted = digits ?? 2;
  // As it will be printed: 0.0996 is 0.10, whose first digit stands one place further left.
  const rounded = Number(stderr.toPrecision(wanted));
  const decimals = wanted - 1 - Math.floor(Math.log10(rounded));
  return digits === undefined
    ? Math.min(6, Math.max(2, decimals))
    : Math.min(MOST_DECIMALS, Math.max(0, decimals));
}

/** Seeds that most entries have: others say how many they have. */
export const usualSeeds = (table: Table): number =>
  Math.max(0, ...table.cells.filter(({ reference }) => reference === null).map(({ n }) => n));

/** A cell in words; nothing where no run belongs. */
export function cellText(
  cell: Cell | undefined,
  usual: number,
  { digits }: FormatOptions,
): CellText {
  if (cell === undefined) return { value: null, error: null, marks: [], bold: false };
  const lost = [
    cell.failed > 0 ? `${cell.failed} failed` : "",
    cell.diverged > 0 ? `${cell.diverged} diverged` : "",
    cell.nonfinite > 0 ? `${cell.nonfinite} without a value` : "",
  ].filter((text) => text !== "");
  if (cell.mean === null) {
    const why = [...(cell.withheld === null ? [] : [cell.withheld]), ...lost];
    const marks = why.length > 0 ? why : ["no such number"];
    return { value: null, error: null, marks, bold: false };
  }
  // A count that is the same in every seed, such as that of the parameters.
  const count = Number.isInteger(cell.mean) && (cell.stderr ?? 0) === 0;
  const decimals = count ? 0 : decimalsFor(cell.stderr, digits);
  // Of floors and closed forms n counts draws of the data, not models.
  const isOfDraws = cell.reference === "floor" || cell.reference === "theory";
  const written = (x: number): string =>
    Math.abs(cell.mean ?? 0) < HUGE ? x.toFixed(decimals) : x.toExponential(2);
  const kinds = cell.provenance.filter((kind) => !UNMARKED.includes(kind));
  return {
    value: written(cell.mean),
    error: cell.stderr === null || count ? null : written(cell.stderr),
    marks: [...kinds, ...(cell.n === usual || isOfDraws ? [] : [`n ${cell.n}`]), ...lost],
    bold: cell.bold,
  };
}

/** A real minus. */
export const minus = (text: string): string => text.replace(/^-/, "−");

/** A name on one line. */
export const oneLine = (text: string): string => text.replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, " ");
