import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import { DataError } from "./data-error.ts";

/** Columns to dequantise with their smallest spacing, or widths by column name; null for none. */
export type Dequantise = readonly string[] | Readonly<Record<string, number>> | null;

/**
 * Adds U[0, width) to columns of counts or rounded values, all rows alike, so that they have a density.
 *
 * Each column has a stream of its own: another column more leaves its noise as it is. Widths other than the spacing of
 * the values are allowed, since published preprocessings have them, and noted: below it, gaps remain that a model can
 * leave empty; above it, values run into each other.
 *
 * @param rng the stream for this purpose
 * @throws DataError for a column that is not there, and for one that has no two values to take a spacing from
 */
export function dequantise(
  rows: Rows,
  columns: readonly string[],
  choice: Dequantise,
  rng: Rng,
): { readonly rows: Rows; readonly notes: readonly string[] } {
  const widths = wantedWidths(choice);
  if (widths.size === 0) return { rows, notes: [] };
  const size = rowSize(rows);
  const values = rows.values.slice();
  const notes: string[] = [];
  for (const [name, asked] of widths) {
    const column = columns.indexOf(name);
    if (column < 0)
      throw new DataError(
        `dequantise: expected one of the columns ${columns.join(", ")}, got "${name}"; use a name from this list.`,
      );
    const spacing = smallestSpacing(rows.values, column, size);
    const width = asked ?? spacing;
    if (width === undefined)
      throw new DataError(
        `dequantise: expected at least two different values in column "${name}", got one; give its width.`,
      );
    const noise = rng.fork(name).uniforms(rows.count);
    for (let i = 0; i < rows.count; i++)
      values[i * size + column] = (values[i * size + column] ?? 0) + width * (noise[i] ?? 0);
    notes.push(`"${name}" dequantised with U[0, ${width})${remark(width, spacing)}`);
  }
  return { rows: { ...rows, values }, notes };
}

/** Counts with U[0, 1) added to each, so that each has a cell of its own. */
export function dequantiseCounts(counts: Float64Array, rng: Rng): Float64Array {
  const noise = rng.fork("dequantise").uniforms(counts.length);
  return counts.map((count, k) => count + (noise[k] ?? 0));
}

/** Whether noise is added to any column. */
export const isDequantised = (choice: Dequantise): boolean => wantedWidths(choice).size > 0;

function wantedWidths(choice: Dequantise): Map<string, number | undefined> {
  if (choice === null) return new Map();
  return new Map(isList(choice) ? choice.map((name) => [name, undefined]) : Object.entries(choice));
}

const isList = (choice: NonNullable<Dequantise>): choice is readonly string[] =>
  Array.isArray(choice);

/** Differences below a billionth of the values are round-off, not a spacing. */
function smallestSpacing(values: Float64Array, column: number, size: number): number | undefined {
  const sorted = values.filter((_, k) => k % size === column).sort();
  const roundOff = 1e-9 * Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0));
  let smallest = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const gap = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
    if (gap > roundOff && gap < smallest) smallest = gap;
  }
  // 240.15 − 240.14 is 0.0100000000000193.
  return Number.isFinite(smallest) ? Number(smallest.toPrecision(6)) : undefined;
}

function remark(width: number, spacing: number | undefined): string {
  if (spacing === undefined || Math.abs(width / spacing - 1) < 1e-3) return "";
  return width < spacing
    ? `, less than the spacing ${spacing} of its values: gaps remain, worth up to ${Math.log(spacing / width).toFixed(2)} nats to a model that finds them`
    : `, more than the spacing ${spacing} of its values: neighbouring values run into each other`;
}
