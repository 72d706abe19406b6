import type { Rng } from "../math/rng.ts";
import { either, fields, integer, optional, real, text } from "../options.ts";
import { DataError } from "./data-error.ts";
import { fractions, splitCounts } from "./fractions.ts";
import { readTable } from "./table.ts";
import type { Table } from "./table.ts";

/** Rows of a table by their place in it, [train, validation, test]. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

const share = real(0.1, "share of the rows that are not test which become validation", {
  min: 0,
  max: 1,
});
const maskSplit = fields(
  {
    mask: text("", "file with one row per data row and one column per fold; 1 = test", { min: 1 }),
    fold: integer(0, "column of the mask, from 0", { min: 0 }),
  },
  { validation: share },
  "test rows from a mask file",
);
const everySplit = fields(
  {
    every: integer(10, "test rows are those with (row % every) = offset", { min: 2 }),
    offset: integer(9, "see every", { min: 0 }),
  },
  { validation: share },
  "every so-manieth row is a test row, counted after bad rows are dropped",
);

/** null stands for [0.8, 0.1, 0.1], and with a test file of its own for [0.9, 0.1, 0]. */
export const splitOption = {
  ...optional(either(fractions, either(maskSplit, everySplit))),
  doc:
    "shares of the rows for train, validation, test ([0.8, 0.1, 0.1]; with testPath [0.9, 0.1, 0]); " +
    "or {mask: FILE, fold, validation}; or {every, offset, validation}",
};
export type SplitChoice = typeof splitOption.default;

interface SplitArguments {
  readonly table: Table;
  readonly choice: SplitChoice;
  /** The test rows come from a file of their own. */
  readonly ownTest: boolean;
  /** Draw at random; else train, validation, test follow each other in the file's order. */
  readonly shuffle: boolean;
  readonly rng: Rng;
}

/**
 * Divides a table's rows.
 *
 * @throws DataError where shares do not add up, a mask does not fit, or train or test would have no row
 */
export async function splitTable(args: SplitArguments): Promise<Split> {
  const { table, ownTest } = args;
  const choice = args.choice ?? (ownTest ? [0.9, 0.1, 0] : [0.8, 0.1, 0.1]);
  const rows = Int32Array.from(table.ids, (_, i) => i);
  if (isShares(choice)) {
    if (ownTest) return carve(rows, testlessShare(choice), new Int32Array(0), args);
    const order = args.shuffle ? args.rng.permutation(rows.length) : rows;
    const { train, validation } = splitCounts(choice, rows.length);
    return {
      train: order.slice(0, train).sort(),
      validation: order.slice(train, train + validation).sort(),
      test: order.slice(train + validation).sort(),
    };
  }
  if (ownTest)
    throw new DataError(
      "split: expected shares beside testPath, got a second choice of test rows; remove testPath, or the mask or every.",
    );
  const isTest =
    "mask" in choice ? await readMask(choice, table) : everyNth(choice.every, choice.offset);
  const test = rows.filter((i) => isTest(i));
  if (test.length === 0 || test.length === rows.length)
    throw new DataError(
      `split: expected training and test rows, got ${rows.length - test.length} and ${test.length}; ` +
        "choose another fold, every or offset.",
    );
  return carve(
    rows.filter((i) => !isTest(i)),
    choice.validation ?? share.default,
    test,
    args,
  );
}

/** Narrows; Array.isArray does not do so for readonly arrays. */
const isShares = (choice: NonNullable<SplitChoice>): choice is readonly number[] =>
  Array.isArray(choice);

/** Takes the validation rows from the rows that are not test. */
function carve(
  rest: Int32Array,
  validationShare: number,
  test: Int32Array,
  { shuffle, rng }: SplitArguments,
): Split {
  const count = Math.round(rest.length * validationShare);
  if (count >= rest.length)
    throw new DataError(
      `split: expected at least 1 training row, got 0 of ${rest.length} rows with validation ${validationShare}; lower it.`,
    );
  const order = shuffle ? rng.permutation(rest.length) : Int32Array.from(rest, (_, i) => i);
  const pick = (from: number, to?: number): Int32Array =>
    order
      .slice(from, to)
      .map((i) => rest[i] ?? 0)
      .sort();
  return { train: pick(0, rest.length - count), validation: pick(rest.length - count), test };
}

/** Validation's share where the test rows are in a file of their own. */
function testlessShare(shares: readonly number[]): number {
  const [train, validation, test] = shares;
  const sum = shares.reduce((total, part) => total + part, 0);
  if (shares.length !== 3 || train === undefined || validation === undefined || test !== 0)
    throw new DataError(
      `split: [${shares.join(", ")}]: expected [train, validation, 0], since testPath holds the test rows; change it.`,
    );
  if (Math.abs(sum - 1) > 1e-9)
    throw new DataError(
      `split: [${shares.join(", ")}]: expected shares that add up to 1, got the sum ${Number(sum.toFixed(9))}; change one.`,
    );
  return validation;
}

function everyNth(every: number, offset: number): (row: number) => boolean {
  if (offset >= every)
    throw new DataError(
      `split: expected offset below every = ${every}, got ${offset}; no row would be a test row.`,
    );
  return (row) => row % every === offset;
}

/** Whether the mask marks a row of the table as test; mask rows count dropped rows, too. */
async function readMask(
  { mask, fold }: { readonly mask: string; readonly fold: number },
  { path, ids, sourceRows }: Table,
): Promise<(row: number) => boolean> {
  const table = await readTable(mask, {
    ...{ header: "auto", delimiter: "auto", missing: [], columns: null, onBadRow: "error" },
  });
  const folds = table.columns.length;
  if (table.sourceRows !== sourceRows)
    throw new DataError(
      `${mask}: expected ${sourceRows} rows, as ${path} has, got ${table.sourceRows}; use its own mask.`,
    );
  if (fold >= folds)
    throw new DataError(
      `${mask}: expected a fold in 0..${folds - 1}, got ${fold}; set split.fold.`,
    );
  const other = table.values.find((value) => value !== 0 && value !== 1);
  if (other !== undefined)
    throw new DataError(`${mask}: expected only 0 and 1, got ${other}; use a mask file.`);
  return (row) => table.values[(ids[row] ?? 0) * folds + fold] === 1;
}
