import { either, flag, integer, list, oneOf, optional, record, text } from "../options.ts";
import type { Option } from "../options.ts";

const bound = (x: unknown): x is number | null =>
  x === null || (typeof x === "number" && Number.isFinite(x));

const pair: Option<readonly (number | null)[]> = {
  doc: "open bounds",
  default: [null, null],
  expected: "a pair [low, high], each a finite number or null",
  accepts: (x): x is readonly (number | null)[] =>
    Array.isArray(x) && x.length === 2 && x.every(bound),
};

/** The keys `data.…` that every data set has. */
export const dataOptions = {
  label: optional(text("", "name in records and tables; null for the data set's own", { min: 1 })),
  standardise: flag(
    false,
    "shift and scale each column to mean 0 and deviation 1 on the training rows",
  ),
  condition: optional(
    list(
      either(text("", "name", { min: 1 }), integer(0, "name that is a number", { min: 0 })),
      [],
      "columns or attributes to condition on: columns leave the rows, classes become one-hot; null for none",
    ),
  ),
  bounds: {
    ...optional(either(pair, record(pair, {}, "bounds by column"))),
    doc: "open bounds of columns, {COLUMN: [low, high]} or one pair for all, either side null: mapped to the line by logit or halfLine",
  },
  halfLine: oneOf(
    ["log", "softplus"],
    "log",
    "map of a column with one bound: its logarithm, or the inverse of softplus (close to the identity far from the bound)",
  ),
  flatten: flag(false, "take images as tables, one column per pixel and channel"),
};
