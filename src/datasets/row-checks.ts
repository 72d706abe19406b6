import { parseNumber } from "./parse-table.ts";
import { parseTime } from "./select-columns.ts";
import type { Column } from "./select-columns.ts";

export interface RowChecks {
  /** Cells that every row must have. */
  readonly width: number;
  readonly columns: readonly Column[];
  /** Columns of words, which must not be missing. */
  readonly words?: readonly Column[];
  /** Marks of a missing value. */
  readonly missing: ReadonlySet<string>;
}

/** What is wrong with a row: for counting, and what came. */
export interface BadRow {
  readonly kind: string;
  readonly got: string;
}

/** Sums of squares of larger values overflow in float64, so that nothing could be done with them. */
export const LARGEST = 1e150;

const SPELLED_NON_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** Appends the numbers of a row to `into`, or says what is wrong with it. */
export function checkRow(
  cells: readonly string[],
  { width, columns, words = [], missing }: RowChecks,
  into: number[],
): BadRow | undefined {
  if (cells.length !== width)
    return {
      kind: "the wrong number of cells",
      got: `${cells.length} cells where other rows have ${width}`,
    };
  for (const { name, index } of words)
    if (missing.has(cells[index] ?? ""))
      return {
        kind: "a missing value",
        got: `the missing value "${cells[index] ?? ""}" in column "${name}"`,
      };
  for (const { name, index, time } of columns) {
    const cell = cells[index] ?? "";
    if (missing.has(cell))
      return { kind: "a missing value", got: `the missing value "${cell}" in column "${name}"` };
    const value = time ? parseTime(cell) : parseNumber(cell);
    if (value === undefined) return notANumber(cell, name, time);
    if (!Number.isFinite(value))
      return { kind: "a value that is not finite", got: `"${cell}" in column "${name}"` };
    if (Math.abs(value) > LARGEST)
      return {
        kind: "a value that is too large",
        got: `"${cell}" in column "${name}", which is beyond ±${LARGEST}`,
      };
    into.push(value);
  }
  return undefined;
}

function notANumber(cell: string, name: string, time: boolean): BadRow {
  const got = `"${cell.slice(0, 40)}" in column "${name}"`;
  if (SPELLED_NON_FINITE.test(cell)) return { kind: "a value that is not finite", got };
  return time
    ? { kind: "no time of day HH:MM:SS", got: `${got}, which is no time of day HH:MM:SS` }
    : { kind: "a cell that is not a number", got: `${got}, which is not a number` };
}
