import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "./datasets/data-error.ts";
import { readNpy, type NpyArray } from "./datasets/npy.ts";
import { DamagedFile, readBytes, UnusableFile } from "./run-files.ts";

/** Where an array of a run lies. */
export const keptArrayPath = (folder: string, name: string): string =>
  join(folder, "arrays", `${name}.npy`);

function read(folder: string, name: string): NpyArray | undefined {
  const path = keptArrayPath(folder, name);
  if (!existsSync(path)) return undefined;
  const bytes = readBytes(path);
  try {
    return readNpy(bytes, path);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // Its cure is for data that somebody brings.
    const [why = ""] = error.message.slice(`${path}: `.length).split(";");
    throw new DamagedFile(path, why, `do the run again with: flowmeter resume ${folder} --force`);
  }
}

const toStderr = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/**
 * Reads arrays that runs have kept, undefined where there is none or it cannot be used: one damaged file must not cost a table
 * or a figure of many runs.
 *
 * @param without what is made all the same, for the message
 * @param tell told once of each file that cannot be used, with the cure
 */
export function keptArrayReader(
  without: string,
  tell = toStderr,
): (folder: string, name: string) => NpyArray | undefined {
  const told = new Set<string>();
  return (folder, name) => {
    try {
      return read(folder, name);
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      if (!told.has(error.message)) tell(`${error.message}. ${without}`);
      told.add(error.message);
      return undefined;
    }
  };
}
