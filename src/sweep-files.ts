import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  badRunName,
  DamagedFile,
  fingerprint,
  isRunName,
  readText,
  UnusableFile,
} from "./run-files.ts";

// As run-files.ts, of the folder of a sweep.

/** The way in which sweeps lie on the disk, as `sweep.json` has it. */
export const STORE_FORMAT = 1;

/** What `sweep.json` says of the list of runs. */
export interface SweepHead {
  readonly format: number;
  readonly runs: number;
  /** Fingerprint of the list; early sweeps of 0.1.0 lack it. */
  readonly list?: string;
}

/** A sweep as it was written. */
export interface SweepFiles {
  /** Undefined of a list without a sweep. */
  readonly head: SweepHead | undefined;
  readonly runs: readonly { readonly runId: string }[];
}

function parse(text: string, where: string, cure: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DamagedFile(where, error instanceof Error ? error.message : String(error), cure);
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new DamagedFile(where, `expected an object, got ${text.trim()}`, cure);
}

function readHead(folder: string, cure: string): SweepHead | undefined {
  const path = join(folder, "sweep.json");
  if (!existsSync(path)) return undefined;
  const head = parse(readText(path), path, cure);
  if (head["format"] !== STORE_FORMAT)
    throw new UnusableFile(
      `${folder} has format ${String(head["format"])}, this version reads ${STORE_FORMAT}; use the version that wrote it.`,
    );
  return head as unknown as SweepHead;
}

/**
 * What stands in `sweep.json`, and the list of the sweep's runs, `runs.jsonl`, in its order. The list was written at once and never
 * changes; one that did would have runs done under the hashes of others, or in places outside of the folder.
 *
 * @param cure what to do where a file was damaged, after "… was damaged since it was written; "
 * @throws DamagedFile where the list is not what was written; UnusableFile of a sweep of another version, or of another user
 */
export function readSweepFiles(folder: string, cure: string): SweepFiles {
  const head = readHead(folder, cure);
  const path = join(folder, "runs.jsonl");
  if (!existsSync(path)) throw new DamagedFile(path, "it is gone", cure);
  const text = readText(path);
  // What stands behind the last line's end was cut off.
  const lines = text.split("\n").slice(0, -1);
  if (head !== undefined && head.runs !== lines.length)
    throw new DamagedFile(
      path,
      `it has ${lines.length} of the ${head.runs} runs of the sweep`,
      cure,
    );
  const runs = lines.map((line, i) => {
    const where = `${path}:${i + 1}`;
    const run = parse(line, where, cure);
    if (!isRunName(run["runId"])) throw new DamagedFile(where, badRunName(run["runId"]), cure);
    return run as unknown as { readonly runId: string };
  });
  if (head?.list !== undefined && head.list !== fingerprint(text))
    throw new DamagedFile(path, "it is not the list that was written", cure);
  return { head, runs };
}
