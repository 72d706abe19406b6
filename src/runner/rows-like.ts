import { makeRows, rowSize, type Rows } from "../math/rows.ts";
import { UserError } from "./user-error.ts";

/**
 * Rows as a program may hold them: a list of rows (or of numbers, for rows of one entry), a flat array of known row
 * shape, or Rows.
 */
export type RowsLike = Rows | readonly ArrayLike<number>[] | ArrayLike<number>;

const isRows = (x: RowsLike): x is Rows => "values" in x && x.values instanceof Float64Array;

/** Checks that every number is finite, and says where one is not. */
function assertFinite(rows: Rows, who: string): Rows {
  const bad = rows.values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return rows;
  const size = rowSize(rows);
  throw new UserError(
    `${who}: row ${Math.floor(bad / size)}, column ${bad % size} is ${rows.values[bad] ?? NaN}; give finite numbers.`,
  );
}

/**
 * Rows from any of the accepted forms, in float64.
 *
 * @param shape of one row; where it is not given, lists of lists tell their own width and flat arrays have rows of one
 * @param who for messages
 * @throws UserError where rows differ in length, do not fit the shape, or hold what is no finite number
 */
export function rowsOf(given: RowsLike, shape: readonly number[] | undefined, who: string): Rows {
  if (isRows(given)) return assertFinite(given, who);
  const entries = Array.from(given as ArrayLike<number | ArrayLike<number>>);
  const [first] = entries;
  if (first === undefined || typeof first === "number") {
    const size = (shape ?? [1]).reduce((product, d) => product * d, 1);
    if (entries.length % size !== 0)
      throw new UserError(
        `${who}: expected a multiple of ${size} numbers, for rows of shape [${(shape ?? [1]).join(", ")}], got ${entries.length}.`,
      );
    return assertFinite(makeRows(Float64Array.from(entries as number[]), shape ?? [1]), who);
  }
  const width = shape?.reduce((product, d) => product * d, 1) ?? first.length;
  const values = new Float64Array(entries.length * width);
  entries.forEach((row, i) => {
    const length = typeof row === "number" ? 1 : row.length;
    if (typeof row === "number" || length !== width)
      throw new UserError(`${who}: expected rows of ${width} numbers, row ${i} has ${length}.`);
    values.set(Array.from(row), i * width);
  });
  return assertFinite(makeRows(values, shape ?? [width]), who);
}
