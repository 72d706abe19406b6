import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import { DataError } from "./data-error.ts";

/** Whether each entry has one value only in the given rows. */
export function constantColumns(rows: Rows, indices: Int32Array): boolean[] {
  const size = rowSize(rows);
  const first = (indices[0] ?? 0) * size;
  return Array.from({ length: size }, (_, j) =>
    indices.every((i) => rows.values[i * size + j] === rows.values[first + j]),
  );
}

/**
 * Rows without the marked entries, as a table: [D] less their number.
 *
 * @throws DataError where no column would be left
 */
export function dropColumns(rows: Rows, drop: readonly boolean[]): Rows {
  const size = rowSize(rows);
  const left = drop.filter((dropped) => !dropped).length;
  if (left === 0)
    throw new DataError(
      `dropConstant: expected a column that varies in the training rows, got none of ${size}; choose others.`,
    );
  return {
    count: rows.count,
    shape: [left],
    values: rows.values.filter((_, k) => drop[k % size] === false),
  };
}
