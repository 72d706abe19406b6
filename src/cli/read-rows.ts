import { pickEntries } from "../datasets/attributes.ts";
import { DataError } from "../datasets/data-error.ts";
import { fileOptions, type FileOptions } from "../datasets/file-options.ts";
import { LABEL } from "../datasets/labels.ts";
import { isNpyPath } from "../datasets/npy.ts";
import { readBytes } from "../datasets/read-bytes.ts";
import type { ColumnReference } from "../datasets/select-columns.ts";
import type { Attribute } from "../datasets/dataset.ts";
import { someOf } from "../datasets/some-of.ts";
import { readTable } from "../datasets/table.ts";
import type { ChooseColumns, Table } from "../datasets/table.ts";
import { makeRows, type Rows } from "../math/rows.ts";
import { defaultsOf } from "../options.ts";
import { classesOf, contextOf, numbersOf } from "./read-context.ts";
import { isImages, readImages } from "./read-images.ts";
import { headerLine, headerName } from "./rows-file.ts";

/** What must be known of a run to read rows for it. */
export interface RowsReader {
  /** Names of the model's entries, in its order. */
  readonly columns: readonly string[];
  /** Shape of the image that a row is. */
  readonly image?: readonly number[];
  /** What a conditional model is conditioned on. */
  readonly condition?: readonly Attribute[];
  /** The run's `data.…`. */
  readonly data: Readonly<Record<string, unknown>> & { readonly name: string };
}

export interface ReadRows {
  /** The model's columns. */
  readonly table: Table;
  /** The condition of each row [C], where the file has columns for it. */
  readonly context?: Rows;
}

/**
 * Reads the rows of a file for a run, in the model's order of columns, and their condition where the file has it.
 *
 * Columns are found by name where the file has a header. A file without one, or an array, has exactly the model's
 * columns in the model's order, or those of the run's own data file. Where that was a file, its delimiter, missing
 * marks, header and treatment of bad rows hold for this one too, unless its first line is what `flowmeter sample` writes.
 *
 * @throws DataError as readTable does, and where columns are missing, unknown or could be meant in two orders
 */
export async function readRows(path: string, run: RowsReader): Promise<ReadRows> {
  const { columns, condition = [], data } = run;
  const stored = data.name === "file" ? (data as Partial<FileOptions>) : {};
  const options: FileOptions = { ...defaultsOf(fileOptions), ...stored };
  if (run.image && (await isImages(path))) return { table: await readImages(path, run, options) };
  const own = await isOwnText(path, columns);
  const found = { condition: false };
  const choose: ChooseColumns = (all, hasHeader) => {
    const place = conditionPlaces(condition, options, all);
    const others =
      hasHeader || all.length > columns.length
        ? besideColumns(place, options, all)
        : new Set<string>();
    const names = all.filter((name) => !others.has(name));
    const rows = !hasHeader
      ? byPosition(path, columns, names.length, options)
      : // Names that are all there in order may even repeat.
        own || names.join() === columns.join()
        ? null
        : byName(path, columns, names, options);
    found.condition = place.length > 0 && place.every(({ name }) => others.has(name));
    if (names.length === all.length) return { columns: rows };
    return {
      columns: [...(rows ?? names), ...(found.condition ? numbersOf(place) : [])],
      words: found.condition ? classesOf(place) : [],
    };
  };
  const format = own ? { header: true, delimiter: "comma" } : {};
  const table = await readTable(path, { ...options, ...format, columns: choose });
  return found.condition ? splitCondition(table, columns.length, condition) : { table };
}

/** The condition under the names that its columns have in the file: a label may stand in a column of another name. */
const conditionPlaces = (
  condition: readonly Attribute[],
  { labels }: FileOptions,
  names: readonly string[],
): readonly Attribute[] =>
  condition.map((attribute) =>
    attribute.name === LABEL && labels !== null && !names.includes(LABEL)
      ? { ...attribute, name: nameOf(labels, names) }
      : attribute,
  );

/** A column's name, where the run's options may tell it by its index. */
const nameOf = (reference: ColumnReference, names: readonly string[]): string =>
  names.includes(String(reference))
    ? String(reference)
    : (names[Number(reference)] ?? String(reference));

/** Columns of the run's file that are no part of its rows: those that it is conditioned on, and other attributes. */
const besideColumns = (
  condition: readonly Attribute[],
  { attributes, categories, labels }: FileOptions,
  names: readonly string[],
): ReadonlySet<string> => {
  const others = [...attributes, ...categories, ...(labels === null ? [] : [labels])];
  const all = [...condition.map(({ name }) => name), ...others.map((o) => nameOf(o, names))];
  return new Set(all.filter((name) => names.includes(name)));
};

/** The model's columns come first, then the numbers of the condition; its classes are words. */
function splitCondition(table: Table, size: number, condition: readonly Attribute[]): ReadRows {
  const all = makeRows(table.values, [table.columns.length]);
  const place = Array.from(table.columns, (_, j) => j);
  const rows = pickEntries(all, place.slice(0, size));
  return {
    table: { ...table, columns: table.columns.slice(0, size), shape: [size], values: rows.values },
    context: contextOf(table, condition, pickEntries(all, place.slice(size))),
  };
}

/** Whether the first line is the header that `writeRows` gives the model's columns. */
async function isOwnText(path: string, columns: readonly string[]): Promise<boolean> {
  if (isNpyPath(path)) return false;
  const line = headerLine(columns);
  const start = (await readBytes(path)).toString("utf8", 0, 4 * line.length + 8);
  return start.split(/\r?\n/)[0] === line;
}

/** The run took some columns of its file only, so that others in this file are nothing strange. */
const isSelection = ({ columns, dropConstant }: FileOptions): boolean =>
  columns !== null || dropConstant;

const insideTime = (column: string): string => /^time\((.+)\)$/.exec(column)?.[1]?.trim() ?? column;

function byName(
  path: string,
  columns: readonly string[],
  names: readonly string[],
  options: FileOptions,
): readonly ColumnReference[] {
  const found = columns.map((column) =>
    [column, headerName(column)].find((name) => names.includes(name)),
  );
  const references = columns.map(
    (column, k) => found[k] ?? (names.includes(insideTime(column)) ? column : undefined),
  );
  const missing = columns.filter((_, k) => references[k] === undefined);
  const used = new Set(references.map((reference) => insideTime(reference ?? "")));
  const unknown = names.filter(
    (name) => !used.has(name) && !references.includes(name) && !isSelection(options),
  );
  if (missing.length + unknown.length > 0)
    throw new DataError(
      `${path}: expected the columns ${someOf(columns.map(headerName))}, got ${someOf(names)} (` +
        [
          ...(missing.length > 0 ? [`missing: ${someOf(missing.map(headerName))}`] : []),
          ...(unknown.length > 0 ? [`unknown: ${someOf(unknown)}`] : []),
        ].join("; ") +
        "); rename them, or remove the header if they stand in this order.",
    );
  return references.flatMap((reference) => reference ?? []);
}

/** Where columns of the run's own file are told by index, what stands for them in any file without header. */
function indexReferences(
  columns: readonly string[],
  options: FileOptions,
): readonly ColumnReference[] | undefined {
  return [columns, options.columns ?? []].find(
    (references) =>
      references.length === columns.length &&
      references.every((reference) => /^\d+$/.test(insideTime(String(reference)))),
  );
}

function byPosition(
  path: string,
  columns: readonly string[],
  width: number,
  options: FileOptions,
): readonly ColumnReference[] | null {
  const references = isSelection(options) ? indexReferences(columns, options) : undefined;
  const indices = references?.map((reference) => Number(insideTime(String(reference)))) ?? [];
  const fits = references !== undefined && indices.every((index) => index < width);
  if (width === columns.length) {
    if (fits && indices.some((index, k) => index !== k))
      throw new DataError(
        `${path}: expected names for its ${width} columns, got no header: they could stand in the model's order ` +
          `(${columns.join(", ")}) or in that of the run's data file; add the header ${headerLine(columns)} or its like.`,
      );
    return fits ? references : null;
  }
  if (fits) return references;
  throw new DataError(
    `${path}: expected ${columns.length} columns (${columns.join(", ")}), got ${width} without a header; ` +
      "give these columns in this order, or a header.",
  );
}
