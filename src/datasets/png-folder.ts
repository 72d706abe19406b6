import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "./data-error.ts";
import { pixelNames } from "./image-shape.ts";
import { LABEL } from "./labels.ts";
import { readPng } from "./png.ts";
import { readBytes } from "./read-bytes.ts";
import type { Table } from "./table.ts";

/** Images of a folder; `files` are their paths below it, one per row. */
export interface PngFolder {
  readonly table: Table;
  readonly files: readonly string[];
}

const isPng = (name: string): boolean => /\.png$/i.test(name);

/** Paths below the folder, by name; of sub-folders one level deep. */
async function listImages(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((e) => e.isFile() && isPng(e.name)).map((e) => e.name);
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) =>
        (await readdir(join(folder, name))).filter(isPng).map((file) => `${name}/${file}`),
      ),
  );
  return [...names, ...below.flat()].sort();
}

/**
 * Reads the PNG images of a folder, all of one size. Where they lie in sub-folders, the sub-folder is the image's label.
 *
 * @param most images that are read at most
 * @throws DataError where there is no image, one cannot be read, or sizes differ
 */
export async function readPngFolder(folder: string, most = Infinity): Promise<PngFolder> {
  const all = await listImages(folder);
  const files = all.slice(0, most);
  const [first] = files;
  if (first === undefined)
    throw new DataError(
      `${folder}: expected PNG images in this folder or in sub-folders of it, got none; check the path.`,
    );
  let shape: readonly number[] = [];
  let values = new Float64Array(0);
  for (const [i, file] of files.entries()) {
    const path = join(folder, file);
    const image = readPng(await readBytes(path), path);
    const own = [image.height, image.width, image.channels];
    if (i === 0) {
      shape = own;
      values = new Float64Array(files.length * image.values.length);
    }
    if (own.join() !== shape.join())
      throw new DataError(
        `${path}: expected ${shape.join(" × ")} (height, width, channels), as ${first} has, got ${own.join(" × ")}; ` +
          "make them equal, or remove it.",
      );
    values.set(image.values, i * image.values.length);
  }
  const folders = all.map((file) => /^(.*)\//.exec(file)?.[1]);
  const labels = folders.filter((name) => name !== undefined);
  const isLabelled = labels.length === all.length;
  const table = {
    ...{ path: folder, columns: pixelNames(shape), shape, values },
    words: isLabelled ? [{ name: LABEL, cells: labels.slice(0, most) }] : [],
    ids: Int32Array.from(files, (_, i) => i),
    sourceRows: files.length,
    dropped: new Map<string, number>(),
  };
  return { table, files };
}
