import { closest } from "fastest-levenshtein";

import { DataError } from "./data-error.ts";

/** Index from 0, name, or `time(…)` of either. */
export type ColumnReference = string | number;

export interface Column {
  /** As the user wrote it, or the header's name. */
  readonly name: string;
  readonly index: number;
  /** Cells are times of day, to be read as minutes since midnight. */
  readonly time: boolean;
}

const TIME = /^time\((.+)\)$/;

/** Minutes since midnight of HH:MM or HH:MM:SS, or undefined. */
export function parseTime(cell: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(cell) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds ?? 0)];
  return h < 24 && m < 60 && s < 60 ? 60 * h + m + s / 60 : undefined;
}

/**
 * The columns that are asked for, in that order; all of them for null.
 *
 * @throws DataError for a name or an index that the table does not have, a repeated column, and an empty list
 */
export function resolveColumns(
  path: string,
  references: readonly ColumnReference[] | null,
  names: readonly string[],
): Column[] {
  if (references === null) return names.map((name, index) => ({ name, index, time: false }));
  if (references.length === 0)
    throw new DataError(`${path}: expected at least one column in columns, got []; name one.`);
  const columns = references.map((reference) => resolve(path, reference, names));
  const repeated = columns.find((c, k) => columns.findIndex((d) => d.index === c.index) < k);
  if (repeated !== undefined)
    throw new DataError(
      `${path}: expected each column once in columns, got "${repeated.name}" twice; remove one.`,
    );
  return columns;
}

/** Whether these are all columns of the table in its own order. */
export const selectsAll = (columns: readonly Column[], width: number): boolean =>
  columns.length === width && columns.every(({ index }, k) => index === k);

function resolve(path: string, reference: ColumnReference, names: readonly string[]): Column {
  // A header that itself says time(…), as drawn rows have, names a column of minutes.
  const isName = typeof reference === "string" && names.includes(reference);
  const inner =
    typeof reference === "string" && !isName ? TIME.exec(reference)?.[1]?.trim() : undefined;
  const wanted = inner ?? reference;
  const index = findColumn(wanted, names);
  if (index === undefined) {
    const hint =
      typeof wanted === "string" && names.length > 0
        ? `; did you mean "${closest(wanted, [...names])}"?`
        : `; it has ${names.length} columns, counted from 0.`;
    throw new DataError(
      `${path}: expected a column of the file (${summary(names)}), got "${wanted}"${hint}`,
    );
  }
  const name = typeof wanted === "number" ? (names[wanted] ?? String(wanted)) : String(reference);
  return { name, index, time: inner !== undefined };
}

/** A name goes before an index written as text. */
function findColumn(wanted: ColumnReference, names: readonly string[]): number | undefined {
  const named = typeof wanted === "string" ? names.indexOf(wanted) : -1;
  if (named >= 0) return named;
  const index = typeof wanted === "number" || /^\d+$/.test(wanted) ? Number(wanted) : NaN;
  return Number.isInteger(index) && index >= 0 && index < names.length ? index : undefined;
}

const summary = (names: readonly string[]): string =>
  names.length <= 12
    ? names.join(", ")
    : `${names.slice(0, 10).join(", ")}, … ${names.at(-1) ?? ""}`;
