import { basename } from "node:path";
import { DataError } from "./data-error.ts";
import { isIdxPath, readIdx } from "./idx.ts";
import { isNpyPath, readNpy } from "./npy.ts";
import { parseNumber } from "./parse-table.ts";
import { readBytes } from "./read-bytes.ts";
import { readTable, type WordColumn } from "./table.ts";

/** The attribute that labels become. */
export const LABEL = "label";

/**
 * Labels of images from a file of their own: an idx or npy array, or a table of one column, with or without a header, with
 * one label for each image; for a folder of images also a table of two columns, file name and label.
 *
 * @param count images
 * @param files of a folder of images, for tables that name them
 * @throws DataError where they are not one for each image
 */
export async function readLabels(
  path: string,
  count: number,
  files: readonly string[] = [],
): Promise<WordColumn> {
  const columns = (await readColumns(path)).map((cells) => withoutHeader(cells, count));
  const [first = [], second] = columns;
  const named = second !== undefined && columns.length === 2 && files.length > 0;
  const cells = named ? byName(path, files, first, second) : first;
  if (!named && columns.length !== 1)
    throw new DataError(
      `${path}: expected one label per row${files.length > 0 ? ", or file names and labels" : ""}, got ${columns.length} columns; ` +
        "leave the others out.",
    );
  if (cells.length !== count)
    throw new DataError(
      `${path}: expected ${count} labels, one for each image, got ${cells.length}; give the labels of these images.`,
    );
  return { name: LABEL, cells };
}

/** Labels may be words as a header is, so that only their number tells whether the first line is one. */
const withoutHeader = (cells: readonly string[], count: number): readonly string[] =>
  cells.length === count + 1 && parseNumber(cells[0] ?? "") === undefined ? cells.slice(1) : cells;

async function readColumns(path: string): Promise<readonly (readonly string[])[]> {
  const read = isIdxPath(path) ? readIdx : isNpyPath(path) ? readNpy : undefined;
  if (read === undefined) {
    const format = { header: false, delimiter: "auto", missing: [], onBadRow: "error" } as const;
    const { words } = await readTable(path, {
      ...format,
      columns: (names) => ({ columns: [], words: names.map((_, j) => j) }),
    });
    return words.map(({ cells }) => cells);
  }
  const { shape, values } = read(await readBytes(path), path);
  const [count = 0] = shape;
  const width = count > 0 ? values.length / count : 0;
  return Array.from({ length: width }, (_, j) =>
    Array.from({ length: count }, (__, i) => String(values[i * width + j])),
  );
}

/** By path below the folder or by file name alone. */
function byName(
  path: string,
  files: readonly string[],
  names: readonly string[],
  labels: readonly string[],
): readonly string[] {
  const known = new Map(names.map((name, i) => [name, labels[i] ?? ""]));
  return files.map((file) => {
    const label = known.get(file) ?? known.get(basename(file));
    if (label === undefined)
      throw new DataError(`${path}: expected a label for ${file}, got none; add a row for it.`);
    return label;
  });
}
