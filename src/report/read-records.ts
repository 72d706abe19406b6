import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../record.ts";
import { badRunName, DamagedFile, isRunName, readRecord } from "../run-files.ts";

export interface FoundRecords {
  readonly records: readonly RunRecord[];
  /** The folder of each record. */
  readonly folders: readonly string[];
  /** Folders of runs that have no result yet. */
  readonly unfinished: readonly string[];
}

const isRun = (folder: string): boolean => existsSync(join(folder, "config.json"));

/** The name of a run by its line in the list; undefined for a line that is none. */
function nameIn(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly runId?: unknown } | null)?.runId;
  } catch {
    return undefined;
  }
}

/** The runs of a sweep, in its order. A list is not trusted with places outside of its folder. */
const sweepFolders = (folder: string, path: string): readonly string[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const name = nameIn(line);
      if (isRunName(name)) return join(folder, name);
      throw new DamagedFile(path, badRunName(name), "restore it, or remove the folder");
    });

/** Folders of runs in a folder that is a run, a sweep, or holds either. */
function runFolders(folder: string, depth = 2): readonly string[] {
  if (isRun(folder)) return [folder];
  if (depth === 0 || !(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    return [];
  const listed = join(folder, "runs.jsonl");
  if (existsSync(listed)) return sweepFolders(folder, listed);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap((entry) => runFolders(join(folder, entry.name), depth - 1));
}

/**
 * The records in folders of runs and sweeps.
 *
 * @throws DamagedFile if one, or the list of a sweep's runs, was cut off or edited, with the cure
 */
export function readRecords(folders: readonly string[]): FoundRecords {
  const runs = [...new Set(folders.flatMap((folder) => runFolders(folder)))];
  const records: RunRecord[] = [];
  const found: string[] = [];
  const unfinished: string[] = [];
  for (const run of runs) {
    const record = readRecord(run);
    if (record === undefined) unfinished.push(run);
    else {
      records.push(record);
      found.push(run);
    }
  }
  return { records, folders: found, unfinished };
}
