import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseRecord, type RunRecord } from "../record.ts";

export interface FoundRecords {
  readonly records: readonly RunRecord[];
  /** The folder of each record. */
  readonly folders: readonly string[];
  /** Folders of runs that have no result yet. */
  readonly unfinished: readonly string[];
}

const isRun = (folder: string): boolean => existsSync(join(folder, "config.json"));

/** The runs of a sweep, in its order. */
const sweepFolders = (folder: string, list: string): readonly string[] =>
  list
    .trimEnd()
    .split("\n")
    .map((line) => join(folder, (JSON.parse(line) as { runId: string }).runId));

/** Folders of runs in a folder that is a run, a sweep, or holds either. */
function runFolders(folder: string, depth = 2): readonly string[] {
  if (isRun(folder)) return [folder];
  if (depth === 0 || !(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
    return [];
  const listed = join(folder, "runs.jsonl");
  if (existsSync(listed)) return sweepFolders(folder, readFileSync(listed, "utf8"));
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap((entry) => runFolders(join(folder, entry.name), depth - 1));
}

/** A `result.json` that is none: cut, or edited by hand. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";
}

function readRecord(path: string): RunRecord {
  const text = readFileSync(path, "utf8");
  try {
    return parseRecord(JSON.parse(text), path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = reason.startsWith(path) ? "" : `${path}: `;
    throw new DamagedRecord(`${where}${reason}`, { cause: error });
  }
}

/**
 * The records in folders of runs and sweeps.
 *
 * @throws DamagedRecord if one cannot be read, with its path
 */
export function readRecords(folders: readonly string[]): FoundRecords {
  const runs = [...new Set(folders.flatMap((folder) => runFolders(folder)))];
  const records: RunRecord[] = [];
  const found: string[] = [];
  const unfinished: string[] = [];
  for (const run of runs) {
    const path = join(run, "result.json");
    if (!existsSync(path)) unfinished.push(run);
    else {
      records.push(readRecord(path));
      found.push(run);
    }
  }
  return { records, folders: found, unfinished };
}
