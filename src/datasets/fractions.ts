import { list, real } from "../options.ts";
import { DataError } from "./data-error.ts";

/** Shares of the rows for train, validation and test. */
export const fractions = list(
  real(0, "share of the rows", { min: 0, max: 1 }),
  [0.8, 0.1, 0.1],
  "shares of the rows for train, validation and test; they add up to 1",
);

/**
 * Whole numbers of rows for [train, validation, test]: validation and test are rounded, train gets the rest.
 *
 * @throws DataError where the shares are not three, do not add up to 1, or leave train or test without a row
 */
export function splitCounts(
  shares: readonly number[],
  count: number,
): { readonly train: number; readonly validation: number; readonly test: number } {
  const where = `split: [${shares.join(", ")}]`;
  const [, validationShare, testShare] = shares;
  if (shares.length !== 3 || validationShare === undefined || testShare === undefined)
    throw new DataError(
      `${where}: expected three shares, train, validation and test, got ${shares.length}.`,
    );
  const sum = shares.reduce((total, share) => total + share, 0);
  // 0.7 + 0.2 + 0.1 differs from 1 by one unit in the last place.
  if (Math.abs(sum - 1) > 1e-9 || shares.some((share) => share < 0))
    throw new DataError(
      `${where}: expected shares of at least 0 that add up to 1, got the sum ${Number(sum.toFixed(9))}; change one.`,
    );
  const validation = Math.round(count * validationShare);
  const test = Math.round(count * testShare);
  const train = count - validation - test;
  if (train < 1 || test < 1)
    throw new DataError(
      `${where}: expected at least 1 training and 1 test row, got ${Math.max(train, 0)} and ${test} ` +
        `of ${count} rows; give more rows or larger shares.`,
    );
  return { train, validation, test };
}
