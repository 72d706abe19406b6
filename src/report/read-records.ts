import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../record.ts";
import {
  badRunName,
  DamagedFile,
  isRunName,
  otherFormat,
  readRecord,
  readText,
  STORE_FORMAT,
  UnusableFile,
} from "../run-files.ts";

export interface FoundRecords {
  readonly records: readonly RunRecord[];
  /** The folder of each record. */
  readonly folders: readonly string[];
  /** Folders of runs that have no result yet. */
  readonly unfinished: readonly string[];
}

/** The place of a run in a halving, as far as it matters here. */
interface Rung {
  readonly at: number;
}

const isRun = (folder: string): boolean => existsSync(join(folder, "config.json"));

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const RESTORE = "restore it, or give the folders of its runs";

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DamagedFile(path, messageOf(error), RESTORE);
  }
}

/** How many runs `sweep.json` counts; undefined where there is none. */
function runsOf(folder: string): number | undefined {
  const path = join(folder, "sweep.json");
  if (!existsSync(path)) return undefined;
  const { runs, format } = (parseJson(readText(path), path) ?? {}) as {
    readonly runs?: unknown;
    readonly format?: unknown;
  };
  if (format !== STORE_FORMAT) throw new UnusableFile(otherFormat(folder, format));
  return typeof runs === "number" ? runs : undefined;
}

/**
 * The runs of a sweep, in its order, but for those that a halving has not begun. A list is not trusted with places outside of its folder.
 *
 * @throws DamagedFile where it lacks some, or names what is no run; UnusableFile of a sweep of another version, or of another user
 */
function sweepFolders(folder: string, path: string): readonly string[] {
  const lines = readText(path).trimEnd().split("\n");
  const count = lines[0] === "" ? 0 : lines.length;
  const expected = runsOf(folder) ?? lines.length;
  if (expected !== count)
    throw new DamagedFile(path, `it has ${count} of the ${expected} runs of the sweep`, RESTORE);
  return lines.flatMap((line, i) => {
    const where = `${path}:${i + 1}`;
    const run = parseJson(line, where) as { readonly runId?: unknown; readonly rung?: Rung } | null;
    const name = run?.runId;
    if (!isRunName(name)) throw new DamagedFile(where, badRunName(name), RESTORE);
    const own = join(folder, name);
    // Of a halving's later rungs those that were not begun are dropped, or wait for what is counted as unfinished.
    return (run?.rung?.at ?? 0) > 0 && !isRun(own) ? [] : [own];
  });
}

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
