import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../record.ts";
import { readRecord } from "../run-files.ts";
import { readSweepFiles } from "../sweep-files.ts";

export interface FoundRecords {
  readonly records: readonly RunRecord[];
  /** The folder of each record. */
  readonly folders: readonly string[];
  /** Folders of runs that have no result yet. */
  readonly unfinished: readonly string[];
}

/** A run in the list of a sweep, as far as it matters here. */
interface ListedRun {
  readonly runId: string;
  /** Its place in a halving. */
  readonly rung?: { readonly at: number };
}

const isRun = (folder: string): boolean => existsSync(join(folder, "config.json"));

const RESTORE = "restore it, or give the folders of its runs";

/** Whether a halving has not begun a run: others were better, or it waits for what is counted as unfinished. */
const isUnbegun = ({ rung }: ListedRun, folder: string): boolean =>
  (rung?.at ?? 0) > 0 && !isRun(folder);

/** Folders of runs in a folder that is a run, a sweep, or holds either. */
function runFolders(folder: string, depth = 2): readonly string[] {
  if (isRun(folder)) return [folder];
  if (depth === 0 || !(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    return [];
  if (["sweep.json", "runs.jsonl"].some((name) => existsSync(join(folder, name))))
    return readSweepFiles(folder, RESTORE).runs.flatMap((run: ListedRun) => {
      const own = join(folder, run.runId);
      return isUnbegun(run, own) ? [] : [own];
    });
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap((entry) => runFolders(join(folder, entry.name), depth - 1));
}

/**
 * The records in folders of runs and sweeps.
 *
 * @throws UnusableFile if one, or the list of a sweep's runs, cannot be read, was cut off or edited, with the cure
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
