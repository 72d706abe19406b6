import { makeRows, selectRows } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
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
import { DataError } from "./data-error.ts";
import { defineDataset } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import { dequantise, isDequantised } from "./dequantise.ts";
import { digestRows } from "./digest.ts";
import { constantColumns, dropColumns } from "./drop-columns.ts";
import { countDuplicates, duplicateNotes } from "./duplicates.ts";
import { quantisedColumns } from "./quantised-columns.ts";
import { splitOption, splitTable } from "./split.ts";
import { describeDropped, readTable } from "./table.ts";
import type { Table } from "./table.ts";

const columnName = text("", "column, by name", { min: 1 });

export const fileOptions = {
  path: text("", "csv, tsv or other text table, or .npy; also with .gz"),
  testPath: optional(text("", "file with the test rows, of the same format", { min: 1 })),
  columns: optional(
    list(
      either(columnName, integer(0, "index", { min: 0 })),
      [],
      "columns to use, in this order: names, indices from 0, time(COLUMN) for minutes since midnight; null for all",
    ),
  ),
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

/** Both files, one after the other; test rows of a file of their own come last. */
async function readTables(chosen: FileOptions): Promise<{ main: Table; extra?: Table }> {
  if (chosen.path === "")
    throw new DataError("file: expected the path of a table, got none; set data.path.");
  const main = await readTable(chosen.path, chosen);
  if (chosen.testPath === null) return { main };
  const extra = await readTable(chosen.testPath, chosen);
  if (extra.columns.join() !== main.columns.join() || extra.shape.join() !== main.shape.join())
    throw new DataError(
      `${chosen.testPath}: expected the columns of ${chosen.path} (${main.columns.join(", ")}), ` +
        `got (${extra.columns.join(", ")}); set columns.`,
    );
  return { main, extra };
}

function tableNotes(tables: readonly Table[]): string[] {
  return tables
    .filter(({ dropped }) => dropped.size > 0)
    .map(({ path, dropped }) => `${path}: dropped ${describeDropped(dropped)}`);
}

interface Prepared {
  readonly rows: Rows;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

/** Dequantises, drops constant columns, and says which columns are still quantised. */
function prepare(
  raw: Rows,
  names: readonly string[],
  train: Int32Array,
  chosen: FileOptions,
  rng: Rng,
): Prepared {
  const noisy = dequantise(raw, names, chosen.dequantise, rng.fork("dequantise"));
  const constant = constantColumns(noisy.rows, train);
  const drop = constant.map((isConstant) => isConstant && chosen.dropConstant);
  const dropped = names.filter((_, j) => drop[j]);
  const columns = names.filter((_, j) => drop[j] !== true);
  const rows = dropped.length === 0 ? noisy.rows : dropColumns(noisy.rows, drop);
  const notes = [...noisy.notes];
  if (dropped.length > 0) notes.push(`dropped constant columns: ${dropped.join(", ")}`);
  const quantised = quantisedColumns(rows, columns);
  if (quantised.length > 0)
    notes.push(
      `few different values in ${quantised.join(", ")}: the NLL is unbounded below unless they are dequantised or left out`,
    );
  return { rows, columns, notes };
}

function concatenate(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

async function load(chosen: FileOptions, rng: Rng): Promise<Dataset> {
  const { main, extra } = await readTables(chosen);
  const split = await splitTable({
    table: main,
    choice: chosen.split,
    ownTest: extra !== undefined,
    shuffle: chosen.shuffle,
    rng: rng.fork("split"),
  });
  const raw = makeRows(
    extra === undefined ? main.values : concatenate(main.values, extra.values),
    main.shape,
  );
  const { rows, columns, notes } = prepare(raw, main.columns, split.train, chosen, rng);
  const ownTest = extra?.ids.map((_, i) => main.ids.length + i);
  const test = ownTest ?? split.test;
  const testIds = extra?.ids ?? split.test.map((i) => main.ids[i] ?? 0);
  const sets = {
    train: selectRows(rows, split.train),
    validation: selectRows(rows, split.validation),
    test: selectRows(rows, test),
  };
  // Before noise is added: it hides copies, and a model that has learnt a row by heart knows its neighbourhood too.
  const part = (indices: Int32Array): Rows => selectRows(raw, indices);
  const duplicates = countDuplicates(part(split.train), part(test));
  const repeated = duplicateNotes({
    test: { duplicates, of: test.length },
    validation: {
      duplicates: countDuplicates(part(split.train), part(split.validation)),
      of: split.validation.length,
    },
  });
  return {
    name: "file",
    shape: rows.shape,
    columns,
    ...sets,
    testIds,
    likelihood: isDequantised(chosen.dequantise) ? "bound" : "exact",
    duplicates,
    notes: [...tableNotes(extra === undefined ? [main] : [main, extra]), ...notes, ...repeated],
    digest: digestRows(sets, testIds),
  };
}

export const fileDataset = defineDataset({
  name: "file",
  summary: "rows of a csv, tsv or npy file, split and in raw units",
  source: "the user's file",
  options: fileOptions,
  load: ({ options: chosen, rng }) => load(chosen, rng),
});
