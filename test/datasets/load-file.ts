import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Dataset } from "../../src/datasets/dataset.ts";
import { fileDataset } from "../../src/datasets/file.ts";
import { createRng } from "../../src/math/rng.ts";
import { defaultsOf } from "../../src/options.ts";

/** A folder that is gone after the process. */
export const folder = mkdtempSync(join(tmpdir(), "flowmeter-data-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file into the folder and gives its path. */
export function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Loads with the defaults, changed; checks the options as the runner does. */
export function loadFile(
  changes: Readonly<Record<string, unknown>>,
  seed: number | string = 0,
): Promise<Dataset> {
  for (const [name, value] of Object.entries(changes))
    if (fileDataset.options[name]?.accepts(value) !== true)
      throw new Error(`Option ${name} does not accept ${JSON.stringify(value)}.`);
  const options = { ...defaultsOf(fileDataset.options), ...changes };
  return fileDataset.load({ options, rng: createRng(seed) });
}

/** The message of the DataError that loading ends in; one line. */
export async function failure(changes: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    await loadFile(changes);
  } catch (error) {
    if (error instanceof Error && error.name === "DataError") return error.message;
    throw error;
  }
  throw new Error("Expected a DataError, but the file loaded.");
}
