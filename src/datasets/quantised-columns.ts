import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";

/** A column counts as quantised where fewer than this share of its values are different; below 50 rows nothing does. */
const SHARE = 0.1;
const FEWEST_ROWS = 50;

/** Names of the columns that take few different values, and so have no density. */
export function quantisedColumns(rows: Rows, names: readonly string[]): string[] {
  const size = rowSize(rows);
  if (rows.count < FEWEST_ROWS) return [];
  return names.filter((_, j) => {
    const seen = new Set<number>();
    for (let i = 0; i < rows.count && seen.size < SHARE * rows.count; i++)
      seen.add(rows.values[i * size + j] ?? 0);
    return seen.size < SHARE * rows.count;
  });
}
