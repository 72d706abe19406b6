import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { didYouMean } from "../../registry.ts";
import type { ResolvedRun } from "../config/resolve.ts";
import { messageOf, StoreError, UserError } from "../user-error.ts";
import { FILES, readStoredRun } from "./run-folder.ts";
import { isSweepFolder, readSweep, type Sweep } from "./sweep-folder.ts";

/** Where a run lies or will lie. */
export interface Place {
  readonly runId: string;
  readonly folder: string;
  /** As the list of its sweep has it; missing of a run without a sweep. */
  readonly run?: Pick<ResolvedRun, "config" | "configHash">;
}

/** What a folder turned out to be. */
export interface Located {
  readonly folder: string;
  readonly places: readonly Place[];
  readonly sweep?: Sweep;
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Names of folders directly below that are sweeps or runs. */
export const heldBy = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .filter((name) => ["sweep.json", FILES.config].some((f) => existsSync(join(folder, name, f))))
    .sort();

/** Whether a folder is neither a run nor a sweep but has some in it, as runs/ does. */
export const isHolder = (folder: string): boolean =>
  isFolder(folder) &&
  !isSweepFolder(folder) &&
  !existsSync(join(folder, FILES.config)) &&
  heldBy(folder).length > 0;

/** What can be read is returned; what cannot is told with its folder instead of with a stack. */
export function reading<T>(folder: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError || error instanceof StoreError) throw error;
    throw new StoreError(
      `${folder}: cannot be read: ${messageOf(error)} Restore the file, or remove the folder.`,
      { cause: error },
    );
  }
}

/**
 * The runs of a folder that is a sweep or a run.
 *
 * @throws UserError with what there is instead; StoreError where a file of it cannot be read
 */
export function locate(folder: string): Located {
  if (!existsSync(folder)) {
    const parent = dirname(folder);
    const beside = isFolder(parent) ? readdirSync(parent) : [];
    throw new UserError(
      `${folder}: expected the folder of a sweep or a run, and there is none of this name.${didYouMean(basename(folder), beside)}`,
    );
  }
  if (!isFolder(folder))
    throw new UserError(`${folder}: expected the folder of a sweep or a run, got a file.`);
  return reading(folder, () => {
    if (isSweepFolder(folder)) {
      const sweep = readSweep(folder);
      const places = sweep.runs.map((run) => ({
        ...{ runId: run.runId, folder: join(folder, run.runId), run },
      }));
      return { folder, places, sweep };
    }
    if (existsSync(join(folder, FILES.config))) {
      const run = readStoredRun(folder);
      return { folder, places: [{ runId: run.runId, folder, run }] };
    }
    const held = heldBy(folder);
    const listed = held.slice(0, 5).map((name) => join(folder, name));
    const more = held.length > 5 ? `, … ${held.length - 5} more` : "";
    throw new UserError(
      `${folder}: expected the folder of a sweep or a run, got one with neither sweep.json nor config.json.${held.length === 0 ? "" : ` Give one of those in it: ${listed.join(", ")}${more}.`}`,
    );
  });
}
