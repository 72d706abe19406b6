import { DataError } from "./data-error.ts";
import { isNpyPath, readNpy, readNpyShape, type NpyArray } from "./npy.ts";
import { parseTable } from "./parse-table.ts";
import type { TextFormat } from "./parse-table.ts";
import { readBytes } from "./read-bytes.ts";
import { HeadTooShort, readHead } from "./read-head.ts";
import { checkRow, LARGEST } from "./row-checks.ts";
import type { BadRow, RowChecks } from "./row-checks.ts";
import { resolveColumns, selectsAll } from "./select-columns.ts";
import type { Column, ColumnReference } from "./select-columns.ts";

/** Columns of numbers and columns of words. */
export interface ChosenColumns {
  /** null: all that are not words. */
  readonly columns: readonly ColumnReference[] | null;
  readonly words?: readonly ColumnReference[];
}

/** Chooses columns once their names are known: the header's, or indices from 0 where there is none. */
export type ChooseColumns = (names: readonly string[], hasHeader: boolean) => ChosenColumns;

export interface TableOptions extends TextFormat {
  /** null: all. */
  readonly columns: readonly ColumnReference[] | null | ChooseColumns;
  readonly onBadRow: "error" | "drop";
}

export interface WordColumn {
  readonly name: string;
  readonly cells: readonly string[];
}

/** Rows of a file, in its order. */
export interface Table {
  readonly path: string;
  readonly columns: readonly string[];
  /** Shape of one row: [columns], or that of the array's rows. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** For each column of words its name and the word of each row. */
  readonly words: readonly WordColumn[];
  /** For each row its number in the file, from 0; header and comment lines are not counted. */
  readonly ids: Int32Array;
  /** Rows of the file, dropped ones included. */
  readonly sourceRows: number;
  /** Why rows were dropped, and how many. */
  readonly dropped: ReadonlyMap<string, number>;
}

/**
 * Reads a table of numbers: `.npy`, or text such as csv and tsv; gzip of either.
 *
 * @throws DataError as readBytes, parseTable and readNpy do, for columns that do not exist, for bad rows (missing value,
 * not a number, not finite, wrong number of cells) unless they are to be dropped, and where no row is left
 */
export async function readTable(path: string, options: TableOptions): Promise<Table> {
  const bytes = await readBytes(path);
  const table = isNpyPath(path)
    ? fromArray(path, readNpy(bytes, path), options)
    : fromText(path, parseTable(path, bytes.toString("utf8"), options), options);
  if (table.ids.length === 0)
    throw new DataError(
      `${path}: expected at least one good row, got none of ${table.sourceRows} ` +
        `(${describeDropped(table.dropped)}); check columns, missing and delimiter.`,
    );
  return table;
}

/**
 * The columns of a table, as readTable gives them, without its rows.
 *
 * @throws DataError as there for what the beginning of the file shows, HeadTooShort where it shows nothing
 */
export async function readTableHead(path: string, options: TableOptions): Promise<Table> {
  const { bytes, complete } = await readHead(path);
  if (isNpyPath(path)) {
    const [, ...inner] = readNpyShape(bytes, path);
    return fromArray(path, { shape: [0, ...inner], values: new Float64Array(0) }, options);
  }
  const text = bytes.toString("utf8");
  // A header and a row, both of them whole.
  const isEnough = complete || /^(?:.*\n){8}/.test(text);
  if (!isEnough) throw new HeadTooShort(`${path} has very long lines`);
  const { header, lines } = parseTable(path, text, options, 2);
  return fromText(path, { ...(header && { header }), lines }, options, 0);
}

/** "3 rows with a missing value, 1 row that is not finite". */
export const describeDropped = (dropped: ReadonlyMap<string, number>): string =>
  [...dropped]
    .map(([reason, count]) => `${count} ${count === 1 ? "row" : "rows"} with ${reason}`)
    .join(", ");

function chosenColumns(
  path: string,
  { columns: choice }: TableOptions,
  names: readonly string[],
  hasHeader: boolean,
): { readonly words: readonly Column[]; readonly columns: readonly Column[] } {
  const { columns, words: texts = [] } =
    typeof choice === "function" ? choice(names, hasHeader) : { columns: choice };
  const words = texts.length === 0 ? [] : resolveColumns(path, texts, names);
  if (columns?.length === 0 && words.length > 0) return { words, columns: [] };
  const numbers = resolveColumns(path, columns, names);
  const isText = new Set(words.map(({ index }) => index));
  return { words, columns: columns ? numbers : numbers.filter(({ index }) => !isText.has(index)) };
}

function fromText(
  path: string,
  { header, lines }: ReturnType<typeof parseTable>,
  options: TableOptions,
  count = lines.length,
): Table {
  const width = header?.length ?? lines[0]?.cells.length ?? 0;
  const names = header ?? Array.from({ length: width }, (_, j) => String(j));
  const { columns, words } = chosenColumns(path, options, names, header !== undefined);
  const checks: RowChecks = { width, columns, words, missing: new Set(["", ...options.missing]) };
  return collect(path, [columns.length], options, {
    columns: columns.map(({ name }) => name),
    words: words.map(({ name }) => name),
    word: (i, w) => lines[i]?.cells[words[w]?.index ?? -1] ?? "",
    count,
    row: (i, into) => checkRow(lines[i]?.cells ?? [], checks, into),
    place: (i) => `${path}:${lines[i]?.line ?? i}`,
  });
}

function fromArray(path: string, { shape, values }: NpyArray, options: TableOptions): Table {
  const [count = 0, ...inner] = shape;
  const full = inner.length === 0 ? [1] : inner;
  const width = full.reduce((product, d) => product * d, 1);
  const names = Array.from({ length: width }, (_, j) => String(j));
  const { columns, words } = chosenColumns(path, options, names, false);
  return collect(path, selectsAll(columns, width) ? full : [columns.length], options, {
    columns: columns.map(({ name }) => name),
    words: words.map(({ name }) => name),
    word: (i, w) => String(values[i * width + (words[w]?.index ?? 0)]),
    count,
    row(i, into) {
      for (const { index } of columns) {
        const value = values[i * width + index] ?? NaN;
        if (!Number.isFinite(value))
          return { kind: "a value that is not finite", got: `${value} in column ${index}` };
        if (Math.abs(value) > LARGEST)
          return { kind: "a value that is too large", got: `${value} in column ${index}` };
        into.push(value);
      }
      return undefined;
    },
    place: (i) => `${path}: row ${i} (from 0)`,
  });
}

interface Source {
  readonly columns: readonly string[];
  /** Names of the columns of words. */
  readonly words: readonly string[];
  /** Word of row i in column w of these. */
  readonly word: (i: number, w: number) => string;
  readonly count: number;
  /** Appends the values of row i, or says what is wrong with it. */
  readonly row: (i: number, into: number[]) => BadRow | undefined;
  readonly place: (i: number) => string;
}

function collect(
  path: string,
  shape: readonly number[],
  { onBadRow }: TableOptions,
  { columns, words, word, count, row, place }: Source,
): Table {
  const values: number[] = [];
  const ids: number[] = [];
  const dropped = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const start = values.length;
    const bad = row(i, values);
    if (bad === undefined) {
      ids.push(i);
      continue;
    }
    if (onBadRow === "error")
      throw new DataError(
        `${place(i)}: expected ${columns.length} finite numbers, got ${bad.got}; ` +
          "mend the row, leave out the column, or set onBadRow: drop.",
      );
    values.length = start;
    dropped.set(bad.kind, (dropped.get(bad.kind) ?? 0) + 1);
  }
  return {
    ...{ path, columns, shape, dropped },
    values: Float64Array.from(values),
    words: words.map((name, w) => ({ name, cells: ids.map((i) => word(i, w)) })),
    ids: Int32Array.from(ids),
    sourceRows: count,
  };
}
