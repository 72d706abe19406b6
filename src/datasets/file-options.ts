import {
  either,
  flag,
  integer,
  list,
  oneOf,
  optional,
  positive,
  record,
  text,
} from "../options.ts";
import type { OptionValues } from "../options.ts";
import { splitOption } from "./split.ts";

const columnName = text("", "column, by name", { min: 1 });

const column = either(columnName, integer(0, "index", { min: 0 }));

const side = integer(1, "entries", { min: 1, max: 65_536 });

export const fileOptions = {
  path: text(
    "",
    "csv, tsv or other text table, .npy or idx array, also with .gz; or a folder of PNG images",
  ),
  testPath: optional(text("", "file with the test rows, of the same format", { min: 1 })),
  columns: optional(
    list(
      column,
      [],
      "columns to use, in this order: names, indices from 0, time(COLUMN) for minutes since midnight; null for all",
    ),
  ),
  attributes: list(
    column,
    [],
    "columns of numbers that are kept beside the rows and not modelled: for data.condition and manipulate",
  ),
  categories: list(
    column,
    [],
    "columns of words or numbers that are kept beside the rows as classes and not modelled",
  ),
  labels: optional({
    ...column,
    doc: "class of each row, the attribute label: a column of a table; for images and arrays a file (idx, npy, csv); a folder of images is labelled by its sub-folders where nothing is given",
  }),
  testLabels: optional(
    text("", "file with the labels of testPath, for images and arrays", { min: 1 }),
  ),
  imageShape: optional(
    list(side, [], "[height, width, channels] of the image that each row of a table or array is"),
  ),
  levels: optional(
    integer(
      256,
      "rows are counts from 0 to levels − 1 and get U[0, 1) added; 256 for PNG and whole numbers of idx",
      {
        min: 2,
        max: 65_536,
      },
    ),
  ),
  pad: optional(list(side, [], "[height, width] to bring images to, by zeros around them")),
  crop: optional(list(side, [], "[height, width] to bring images to, by cutting off their border")),
  header: either(
    oneOf(["auto"], "auto", "whether the first line holds names; auto: where it holds no number"),
    flag(false, ""),
  ),
  delimiter: text(
    "auto",
    "auto, comma, semicolon, tab, space, or the character; auto takes the one the first line has most of",
    { min: 1 },
  ),
  missing: list(
    text("", "mark"),
    ["?", "NA"],
    "cells that stand for a missing value, beside empty ones",
  ),
  onBadRow: oneOf(
    ["error", "drop"],
    "error",
    "what to do with rows with a missing, non-numeric or non-finite value or too many or few cells",
  ),
  split: splitOption,
  shuffle: flag(true, "draw the split at random; false takes rows in the file's order"),
  dequantise: optional(
    either(
      list(columnName, [], "columns to add U[0, spacing) to; or {COLUMN: width}; null for none"),
      record(positive(1, "width"), {}, "widths"),
    ),
  ),
  dropConstant: flag(false, "drop columns that have one value only in the training rows"),
};

export type FileOptions = OptionValues<typeof fileOptions>;
