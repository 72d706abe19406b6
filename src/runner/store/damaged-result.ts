import { renameSync } from "node:fs";
import { join } from "node:path";
import { DamagedFile, readRecord, UnusableFile } from "../../run-files.ts";
import { StoreError } from "../user-error.ts";
import { FILES } from "./run-folder.ts";

/** What is wrong with the result of a run; undefined if there is none, or nothing is. Throws StoreError where it cannot be read. */
export function damageIn(folder: string): string | undefined {
  try {
    readRecord(folder);
    return undefined;
  } catch (error) {
    if (error instanceof DamagedFile) return error.why;
    if (error instanceof UnusableFile) throw new StoreError(error.message, { cause: error });
    throw error;
  }
}

/**
 * Renames the result of a run if it was cut off or edited since it was written, so that the run is done again; what somebody
 * has written there is kept.
 *
 * @returns what happened, in words; undefined if nothing did
 */
export function setDamagedAside(folder: string): string | undefined {
  const damage = damageIn(folder);
  if (damage === undefined) return undefined;
  const path = join(folder, FILES.result);
  const kept = join(folder, "result.damaged.json");
  renameSync(path, kept);
  return `${path} was changed since it was written (${damage}); the run is done again, the file is kept as ${kept}.`;
}
