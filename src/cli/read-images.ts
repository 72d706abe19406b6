import { DataError } from "../datasets/data-error.ts";
import type { FileOptions } from "../datasets/file-options.ts";
import { isIdxPath } from "../datasets/idx.ts";
import { isNpyPath } from "../datasets/npy.ts";
import { isFolder, readSource } from "../datasets/read-source.ts";
import type { Table } from "../datasets/table.ts";
import type { RowsReader } from "./read-rows.ts";

/** Whether a path is a folder or an array, and no table of pixels. */
export const isImages = async (path: string): Promise<boolean> =>
  isIdxPath(path) || isNpyPath(path) || isFolder(path);

/**
 * Reads images for a run, padded and cropped as its own.
 *
 * @throws DataError as the readers do, and for images of another shape
 */
export async function readImages(
  path: string,
  { image = [] }: RowsReader,
  options: FileOptions,
): Promise<Table> {
  const plain = { columns: null, attributes: [], categories: [], imageShape: null, levels: null };
  const { table } = await readSource(path, { ...options, ...plain }, null);
  const size = image.reduce((product, d) => product * d, 1);
  const isFlat = table.shape.length === 1 && table.shape[0] === size;
  if (table.shape.join() !== image.join() && !isFlat)
    throw new DataError(
      `${path}: expected images of shape [${image.join(", ")}], got rows of shape [${table.shape.join(", ")}]; ` +
        "give images like those that the run was trained on.",
    );
  return table;
}
