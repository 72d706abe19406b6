import { makeRows, selectRows, stackRows } from "../math/rows.ts";
import type { Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import { DataError } from "./data-error.ts";
import { defineDataset } from "./dataset.ts";
import type { Attributes, Dataset, Outlined } from "./dataset.ts";
import { dequantise, dequantiseCounts, isDequantised } from "./dequantise.ts";
import { digestRows } from "./digest.ts";
import { constantColumns, dropColumns } from "./drop-columns.ts";
import { countDuplicates, duplicateNotes } from "./duplicates.ts";
import { fileAttributes } from "./file-attributes.ts";
import { fileOptions, type FileOptions } from "./file-options.ts";
import { quantisedColumns } from "./quantised-columns.ts";
import { someOf } from "./some-of.ts";
import { splitTable } from "./split.ts";
import { HeadTooShort, readHead } from "./read-head.ts";
import { HEADS, WHOLE } from "./reading.ts";
import { readSource, type Source } from "./read-source.ts";
import { describeDropped } from "./table.ts";
import type { Table } from "./table.ts";

/** Both files, one after the other; test rows of a file of their own come last. */
async function readSources(
  chosen: FileOptions,
  reading = WHOLE,
): Promise<readonly [Source] | readonly [Source, Source]> {
  if (chosen.path === "")
    throw new DataError("file: expected the path of a table, got none; set data.path.");
  const main = await readSource(chosen.path, chosen, chosen.labels, reading);
  if (chosen.testPath === null) return [main];
  const labels = chosen.testLabels ?? chosen.labels;
  const extra = await readSource(chosen.testPath, chosen, labels, reading);
  const [own, other] = [main.table, extra.table];
  if (other.columns.join() !== own.columns.join() || other.shape.join() !== own.shape.join())
    throw new DataError(
      `${chosen.testPath}: expected the columns of ${chosen.path} (${own.columns.join(", ")}), ` +
        `got (${other.columns.join(", ")}); set columns.`,
    );
  return [main, extra];
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
  if (dropped.length > 0) notes.push(`dropped constant columns: ${someOf(dropped)}`);
  const quantised = quantisedColumns(rows, columns);
  if (quantised.length > 0)
    notes.push(
      `few different values in ${someOf(quantised)}: the NLL is unbounded below unless they are dequantised, left out or the condition`,
    );
  return { rows, columns, notes };
}

/** Adds U[0, 1) to counts, once and for all, so that each has a cell of its own. */
function prepareCounts(
  counts: Rows,
  columns: readonly string[],
  levels: number,
  { dequantise: asked, dropConstant, pad }: FileOptions,
  rng: Rng,
): Prepared {
  if (asked !== null || dropConstant)
    throw new DataError(
      `file: expected no ${asked === null ? "dropConstant" : "dequantise"} beside levels, which adds noise to all entries; ` +
        "leave it out.",
    );
  return {
    rows: { ...counts, values: dequantiseCounts(counts.values, rng) },
    columns,
    notes: [
      `counts of ${levels} levels dequantised with U[0, 1)`,
      ...(pad ? [`padded to ${pad.join(" × ")} pixels, which all count in bits_per_dim`] : []),
    ],
  };
}

async function load(chosen: FileOptions, rng: Rng): Promise<Dataset> {
  const sources = await readSources(chosen);
  const [main, extra] = [sources[0].table, sources[1]?.table];
  const split = await splitTable({
    table: main,
    choice: chosen.split,
    ownTest: extra !== undefined,
    shuffle: chosen.shuffle,
    rng: rng.fork("split"),
  });
  const ownRows = makeRows(main.values, main.shape);
  const raw = extra ? stackRows([ownRows, makeRows(extra.values, extra.shape)]) : ownRows;
  const { levels } = sources[0];
  const { rows, columns, notes } =
    levels === undefined
      ? prepare(raw, main.columns, split.train, chosen, rng)
      : prepareCounts(raw, main.columns, levels, chosen, rng);
  const test = extra?.ids.map((_, i) => main.ids.length + i) ?? split.test;
  const testIds = extra?.ids ?? split.test.map((i) => main.ids[i] ?? 0);
  const sets = {
    train: selectRows(rows, split.train),
    validation: selectRows(rows, split.validation),
    test: selectRows(rows, test),
  };
  const attributes = fileAttributes(sources, { ...split, test });
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
    ...(levels !== undefined && { levels }),
    likelihood: levels !== undefined || isDequantised(chosen.dequantise) ? "bound" : "exact",
    duplicates,
    notes: [...tableNotes(extra === undefined ? [main] : [main, extra]), ...notes, ...repeated],
    ...(attributes && { attributes }),
    digest: digestRows({ ...sets, ...(attributes && besideRows(attributes)) }, testIds),
  };
}

/** What the beginnings of the files tell. Constant columns, which `dropConstant` takes away, are still among them. */
async function outline(chosen: FileOptions): Promise<Outlined | undefined> {
  try {
    const [{ table, numbers }] = await readSources(chosen, HEADS);
    if (chosen.split !== null && "mask" in chosen.split) await readHead(chosen.split.mask);
    const { shape, columns, words } = table;
    return { shape, columns, attributes: [...numbers.names, ...words.map(({ name }) => name)] };
  } catch (error) {
    if (error instanceof HeadTooShort) return undefined;
    throw error;
  }
}

/** Attributes under names of their own, for the digest. */
const besideRows = ({ train, validation, test }: Attributes): Readonly<Record<string, Rows>> => ({
  "attributes of train": train,
  "attributes of validation": validation,
  "attributes of test": test,
});

export const fileDataset = defineDataset({
  name: "file",
  summary: "rows of a csv, tsv or npy file, split and in raw units",
  source: "the user's file",
  options: fileOptions,
  load: ({ options: chosen, rng }) => load(chosen, rng),
  outline,
});
