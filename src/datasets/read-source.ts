import { stat } from "node:fs/promises";
import { makeRows, type Rows } from "../math/rows.ts";
import { pickEntries } from "./attributes.ts";
import { DataError } from "./data-error.ts";
import type { FileOptions } from "./file-options.ts";
import { isIdxPath } from "./idx.ts";
import { asImages, pixelNames } from "./image-shape.ts";
import { LABEL } from "./labels.ts";
import { isNpyPath } from "./npy.ts";
import { WHOLE, type IdxArray, type Reading } from "./reading.ts";
import type { ColumnReference } from "./select-columns.ts";
import type { ChooseColumns, Table, WordColumn } from "./table.ts";

/** Rows of a file or folder, and what is kept beside them. */
export interface Source {
  /** Modelled columns only; the words of classes stand in its `words`. Images have the shape [height, width, channels]. */
  readonly table: Table;
  /** Attributes that are numbers, with one column each. */
  readonly numbers: { readonly names: readonly string[]; readonly rows: Rows };
  /** Rows are counts 0 … levels − 1. */
  readonly levels?: number;
}

/** Counts of a PNG, and of an idx file of whole numbers. */
const BYTE_LEVELS = 256;

/**
 * Reads a table, an array or images, and parts attributes and labels from the rows.
 *
 * @param labels file of labels, for arrays and images; of a table a column of it
 * @param reading only the heads of files give a source without rows
 * @throws DataError as the readers do, and where no column is left to model
 */
export async function readSource(
  path: string,
  chosen: FileOptions,
  labels: ColumnReference | null = chosen.labels,
  reading = WHOLE,
): Promise<Source> {
  if (await isFolder(path)) {
    // Only here, so that lists of data sets need not load the package for images.
    const { readPngFolder } = await import("./png-folder.ts");
    const { table, files } = await readPngFolder(path, reading.images);
    return finish(
      { ...chosen, levels: chosen.levels ?? BYTE_LEVELS },
      await labelled(table, labels, reading, files),
    );
  }
  if (isIdxPath(path)) {
    const array = await reading.idx(path);
    const table = fromIdx(path, array, reading);
    // Real numbers are no counts, unless the user says so.
    const levels = chosen.levels ?? (array.isCounts ? BYTE_LEVELS : null);
    return finish({ ...chosen, levels }, await labelled(table, labels, reading));
  }
  if (isNpyPath(path)) {
    const source = await readColumns(path, chosen, null, reading);
    return finish(chosen, await labelled(source.table, labels, reading), source.numbers);
  }
  const { table, numbers } = await readColumns(path, chosen, labels, reading);
  return finish(chosen, table, numbers);
}

/** Whether there is a folder at this path. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // The reader says what is wrong with the path.
  }
}

function finish(chosen: FileOptions, table: Table, numbers = noNumbers(table)): Source {
  const { levels } = chosen;
  return { table: asImages(table, chosen), numbers, ...(levels !== null && { levels }) };
}

const noNumbers = ({ ids }: Table): Source["numbers"] => ({
  names: [],
  rows: { count: ids.length, shape: [0], values: new Float64Array(0) },
});

function fromIdx(path: string, { count, inner, values }: IdxArray, reading: Reading): Table {
  if ((count === 0 && reading === WHOLE) || inner.length < 1 || inner.length > 3)
    throw new DataError(
      `${path}: expected an array of at least one row of shape [count, height, width], got [${[count, ...inner].join(", ")}]; ` +
        "give the file of the images.",
    );
  const image = inner.length === 2 ? [...inner, 1] : inner;
  return {
    ...{ path, shape: image, values, words: [], sourceRows: count, dropped: new Map() },
    columns: pixelNames(image.length === 1 ? [1, ...image] : image),
    ids: Int32Array.from({ length: count }, (_, i) => i),
  };
}

/** With the labels of a file beside it; rows that were dropped have theirs left out. */
async function labelled(
  table: Table,
  labels: ColumnReference | null,
  reading: Reading,
  files?: readonly string[],
): Promise<Table> {
  if (labels === null) return table;
  const { name, cells } = await reading.labels(String(labels), table.sourceRows, files);
  const own: WordColumn = { name, cells: Array.from(table.ids, (id) => cells[id] ?? "") };
  return { ...table, words: [...table.words.filter((word) => word.name !== LABEL), own] };
}

/** A table or array of which some columns are attributes, categories or the label. */
async function readColumns(
  path: string,
  chosen: FileOptions,
  label: ColumnReference | null,
  reading: Reading,
): Promise<Pick<Source, "table" | "numbers">> {
  const table = await reading.table(path, { ...chosen, columns: choose(chosen, label) });
  const words = table.words.map((word, w) =>
    label !== null && w === chosen.categories.length ? { ...word, name: LABEL } : word,
  );
  const kept = table.columns.length - chosen.attributes.length;
  if (kept < 1)
    throw new DataError(
      `${path}: expected at least one column that is modelled, got only attributes and categories; leave one out of them.`,
    );
  if (chosen.attributes.length === 0)
    return { table: { ...table, words }, numbers: noNumbers(table) };
  const all = makeRows(table.values, [table.columns.length]);
  const place = table.columns.map((_, j) => j);
  const { values, shape } = pickEntries(all, place.slice(0, kept));
  return {
    table: { ...table, words, columns: table.columns.slice(0, kept), shape, values },
    numbers: {
      names: table.columns.slice(kept),
      rows: pickEntries(all, place.slice(kept)),
    },
  };
}

/** Modelled columns, then attributes; as words the categories, then the label. */
function choose(
  { columns, attributes, categories }: FileOptions,
  label: ColumnReference | null,
): ChooseColumns {
  const words = label === null ? categories : [...categories, label];
  return (names) => {
    if (attributes.length === 0) return { columns, words };
    const isMeant = (name: string, index: number) => (reference: ColumnReference) =>
      reference === name || String(reference) === String(index);
    const rest = names.filter(
      (name, index) => ![...attributes, ...words].some(isMeant(name, index)),
    );
    return { columns: [...(columns ?? rest), ...attributes], words };
  };
}
