import { DataError } from "../datasets/data-error.ts";
import { fileOptions, type FileOptions } from "../datasets/file.ts";
import { readBytes } from "../datasets/read-bytes.ts";
import type { ColumnReference } from "../datasets/select-columns.ts";
import { readTable, type ChooseColumns, type Table } from "../datasets/table.ts";
import { defaultsOf } from "../options.ts";
import { headerLine, headerName } from "./rows-file.ts";

/** What must be known of a run to read rows for it. */
export interface RowsReader {
  /** Names of the model's entries, in its order. */
  readonly columns: readonly string[];
  /** The run's `data.…`. */
  readonly data: Readonly<Record<string, unknown>> & { readonly name: string };
}

/**
 * Reads the rows of a file for a run, in the model's order of columns.
 *
 * Columns are found by name where the file has a header. A file without one, or an array, has exactly the model's
 * columns in the model's order, or those of the run's own data file. Where that was a file, its delimiter, missing
 * marks, header and treatment of bad rows hold for this one too, unless its first line is what `flowmeter sample` writes.
 *
 * @throws DataError as readTable does, and where columns are missing, unknown or could be meant in two orders
 */
export async function readRows(path: string, { columns, data }: RowsReader): Promise<Table> {
  const own = await isOwnText(path, columns);
  const stored = data.name === "file" ? (data as Partial<FileOptions>) : {};
  const options: FileOptions = { ...defaultsOf(fileOptions), ...stored };
  const choose: ChooseColumns = (names, hasHeader) =>
    !hasHeader
      ? byPosition(path, columns, names.length, options)
      : // Names that are all there in order may even repeat.
        own || names.join() === columns.join()
        ? null
        : byName(path, columns, names, options);
  const format = own ? { header: true, delimiter: "comma" } : {};
  return readTable(path, { ...options, ...format, columns: choose });
}

/** Whether the first line is the header that `writeRows` gives the model's columns. */
async function isOwnText(path: string, columns: readonly string[]): Promise<boolean> {
  if (/\.npy(\.gz)?$/.test(path)) return false;
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
      `${path}: expected the columns ${columns.map(headerName).join(", ")}, got ${names.join(", ")} (` +
        [
          ...(missing.length > 0 ? [`missing: ${missing.map(headerName).join(", ")}`] : []),
          ...(unknown.length > 0 ? [`unknown: ${unknown.join(", ")}`] : []),
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
