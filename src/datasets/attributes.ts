import { rowSize, type Rows } from "../math/rows.ts";
import type { Attribute } from "./dataset.ts";

/** Names of the columns that attributes become where rows are conditioned on them: `digit=3` for a class. */
export const conditionColumns = (of: readonly Attribute[]): string[] =>
  of.flatMap(({ name, classes }) => classes?.map((word) => `${name}=${word}`) ?? [name]);

/** For each of these columns whether it belongs to a one-hot group. */
export const oneHotColumns = (of: readonly Attribute[]): boolean[] =>
  of.flatMap(({ classes }) => classes?.map(() => true) ?? [false]);

/**
 * Attributes [A] as columns of a condition [C]: numbers as they are, classes as one-hot groups.
 *
 * @throws where a class is no index of a word
 */
export function expandAttributes(of: readonly Attribute[], rows: Rows): Rows {
  const size = rowSize(rows);
  if (size !== of.length)
    throw new Error(`expandAttributes: expected ${of.length} values per row, got ${size}.`);
  const width = conditionColumns(of).length;
  const values = new Float64Array(rows.count * width);
  for (let i = 0; i < rows.count; i++) {
    let at = i * width;
    of.forEach(({ name, classes }, a) => {
      const value = rows.values[i * size + a] ?? NaN;
      if (classes === undefined) values[at++] = value;
      else {
        if (!Number.isInteger(value) || value < 0 || value >= classes.length)
          throw new Error(
            `expandAttributes: row ${i}: expected a class of "${name}" from 0 to ${classes.length - 1}, got ${value}.`,
          );
        values[at + value] = 1;
        at += classes.length;
      }
    });
  }
  return { count: rows.count, shape: [width], values };
}

/** Some entries of each row, as a table. */
export function pickEntries(rows: Rows, entries: readonly number[]): Rows {
  const size = rowSize(rows);
  const values = new Float64Array(rows.count * entries.length);
  for (let i = 0; i < rows.count; i++)
    entries.forEach((entry, k) => {
      values[i * entries.length + k] = rows.values[i * size + entry] ?? NaN;
    });
  return { count: rows.count, shape: [entries.length], values };
}
