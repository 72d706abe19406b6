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

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** A file that was cut, or edited by hand: the record of a run, or the list of a sweep's runs. */
export class DamagedRecord extends Error {
  override readonly name = "DamagedRecord";

  /** @param cure what to do about it, behind what is wrong with which file */
  constructor(reason: string, cure: string, cause?: unknown) {
    super(`${reason.replace(/\.$/, "")}; ${cure}`, { cause });
  }
}

function parseJson(text: string, path: string, cure: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DamagedRecord(`${path}: ${messageOf(error)}`, cure, error);
  }
}

const RESTORE = "restore it, or give the folders of its runs";

/** How many runs `sweep.json` counts; undefined where there is none. */
function runsOf(folder: string): number | undefined {
  const path = join(folder, "sweep.json");
  if (!existsSync(path)) return undefined;
  const { runs } = (parseJson(readFileSync(path, "utf8"), path, RESTORE) ?? {}) as {
    readonly runs?: unknown;
  };
  return typeof runs === "number" ? runs : undefined;
}

/** A name from a list must not lead out of the folder that holds the list. */
const isPlainName = (name: unknown): name is string =>
  typeof name === "string" && /^[\w.-]+$/.test(name) && !/^\.*$/.test(name);

/** The runs of a sweep, in its order. Throws DamagedRecord where the list lacks some, or names what is no run of it. */
function sweepFolders(folder: string, path: string): readonly string[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const expected = runsOf(folder) ?? lines.length;
  if (expected !== lines.length || lines[0] === "")
    throw new DamagedRecord(
      `${path} has ${lines[0] === "" ? 0 : lines.length} of the ${expected} runs of the sweep`,
      RESTORE,
    );
  return lines.map((line, i) => {
    const where = `${path}:${i + 1}`;
    const entry = parseJson(line, where, RESTORE) as { readonly runId?: unknown } | null;
    if (!isPlainName(entry?.runId))
      throw new DamagedRecord(
        `${where}: expected as name of a run letters, digits and "-._", got ${JSON.stringify(entry?.runId)}`,
        RESTORE,
      );
    return join(folder, entry.runId);
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

function readRecord(path: string): RunRecord {
  const text = readFileSync(path, "utf8");
  try {
    return parseRecord(JSON.parse(text), path);
  } catch (error) {
    const reason = messageOf(error);
    const where = reason.startsWith(path) ? "" : `${path}: `;
    const cure = "do the run again with: flowmeter resume FOLDER";
    throw new DamagedRecord(`${where}${reason}`, cure, error);
  }
}

/**
 * The records in folders of runs and sweeps.
 *
 * @throws DamagedRecord if one, or the list of a sweep, cannot be read, with its path and the cure
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
