import { rowSize } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import { DataError } from "./data-error.ts";

/** Its square is the largest float32; a likelihood has squares in it. */
const LARGEST = Math.sqrt((2 - 2 ** -23) * 2 ** 127);

/**
 * Checks that the rows as a model sees them, and their squares, are finite in float32.
 *
 * @param part for the error message: "training"
 * @param seen the rows as the model sees them
 * @param raw the same rows as read
 * @throws DataError with the row, counted from 0 within its part, and its column
 */
export function assertInRange(
  part: string,
  seen: Rows,
  raw: Rows,
  columns: readonly string[],
): void {
  const at = seen.values.findIndex((value) => !(Math.abs(value) <= LARGEST));
  if (at < 0) return;
  const size = rowSize(seen);
  const [value, original] = [seen.values[at] ?? NaN, raw.values[at] ?? NaN];
  const scaled = value === original ? "" : ` (${original} before it was standardised)`;
  throw new DataError(
    `column "${columns[at % size] ?? at % size}", ${part} row ${Math.floor(at / size)}: expected a value within ` +
      `±${LARGEST.toPrecision(2)}, whose square is finite in float32, got ${value}${scaled}; mend or remove the row` +
      `${scaled === "" ? ", change the column's unit, or set data.standardise=true" : ""}.`,
  );
}
