import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";

/** Number of rows of `test` that stand in `train` with exactly equal values (0 and −0 are equal). */
export function countDuplicates(train: Rows, test: Rows): number {
  const known = new Set(rowKeys(train));
  return rowKeys(test).filter((key) => known.has(key)).length;
}

/** Says for each part how many of its rows are copies of training rows; nothing where none is. */
export const duplicateNotes = (
  parts: Readonly<Record<string, { readonly duplicates: number; readonly of: number }>>,
): string[] =>
  Object.entries(parts)
    .filter(([, { duplicates }]) => duplicates > 0)
    .map(
      ([part, { duplicates, of }]) =>
        `${duplicates} of ${of} ${part} rows stand exactly so in the training rows, as read`,
    );

/** The bytes of each row as text; shorter than printed numbers, and equal exactly where the numbers are. */
function rowKeys(rows: Rows): string[] {
  const size = rowSize(rows);
  const values = rows.values.map((value) => value + 0);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Array.from({ length: rows.count }, (_, i) =>
    bytes.toString("latin1", i * size * 8, (i + 1) * size * 8),
  );
}
