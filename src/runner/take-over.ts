import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { canonical } from "./config/config-hash.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { haveDataFilesChanged } from "./data-state.ts";
import { sourceDigest } from "./source-digest.ts";
import { syncFolder, writeJson } from "./store/atomic-write.ts";
import { damageIn } from "./store/damaged-result.ts";
import { lookAt, readStoredRun } from "./store/run-folder.ts";
import { messageOf } from "./user-error.ts";

/** Folders of this run in a sweep, or in the sweeps of a folder. */
const candidates = (from: string, { runId }: ResolvedRun): readonly string[] =>
  [
    from,
    ...readdirSync(from, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => join(from, entry.name)),
  ]
    .map((folder) => join(folder, runId))
    .filter((folder) => existsSync(join(folder, "config.json")));

/** Why a finished run cannot stand for one that is to be done; undefined if it can. */
function objection(folder: string, run: ResolvedRun, cwd: string): string | undefined {
  const stored = readStoredRun(folder);
  const seedless = ({ config }: Pick<ResolvedRun, "config">): string =>
    canonical({ ...config, plugins: [] });
  if (stored.configHash !== run.configHash || seedless(stored) !== seedless(run))
    return "its configuration is another one";
  const damage = damageIn(folder);
  if (damage !== undefined) return damage;
  const { state, record } = lookAt(folder);
  if (record?.status !== "done") return `it is ${state}`;
  const { source } = record.provenance;
  if (source !== sourceDigest())
    return `another state of Flowmeter's sources computed it (${typeof source === "string" ? source : "unknown"}, this is ${sourceDigest()})`;
  return haveDataFilesChanged(folder, cwd)
    ? "its data files hold something else by now"
    : undefined;
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else {
      const fd = openSync(path, "r");
      fsyncSync(fd);
      closeSync(fd);
    }
  }
  syncFolder(folder);
}

/** Copies the folder of a run under another name, and renames it. */
function copy(from: string, to: string): void {
  const building = join(dirname(to), `.${basename(to)}.${process.pid}.tmp`);
  try {
    cpSync(from, building, { recursive: true });
    const copied = new Date().toISOString();
    writeJson(join(building, "origin.json"), { from: resolve(from), copied });
    syncTree(building);
    renameSync(building, to);
    syncFolder(dirname(to));
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

export interface TakeOver {
  /** Folders of sweeps, or of folders of sweeps. */
  readonly from: readonly string[];
  /** Where relative paths of the configurations start. */
  readonly cwd: string;
  /** Told of each run that was copied, and from where. */
  readonly onTaken: (run: ResolvedRun, from: string) => void;
  /** Told why a run that seemed to be there was not taken. */
  readonly onNote: (text: string) => void;
}

/** The folder of a finished run of other sweeps that can stand for this one; undefined where there is none. */
export const findReusable = (
  run: ResolvedRun,
  from: readonly string[],
  cwd: string,
): string | undefined =>
  from
    .flatMap((folder) => candidates(folder, run))
    .find((folder) => {
      try {
        return objection(folder, run, cwd) === undefined;
      } catch {
        return false; // Taking it over says what is wrong with it.
      }
    });

/**
 * Copies finished runs of other sweeps into a sweep: those with the same configuration and seed, whose data files hold what they
 * held, and which the same sources have computed. A run that the sweep has begun already stays as it is.
 */
export function takeOverFinished(
  sweep: string,
  runs: readonly ResolvedRun[],
  { from, cwd, onTaken, onNote }: TakeOver,
): void {
  for (const run of runs) {
    const target = join(sweep, run.runId);
    for (const found of from.flatMap((folder) => candidates(folder, run))) {
      if (existsSync(target)) break;
      try {
        const reason = objection(found, run, cwd);
        if (reason === undefined) {
          copy(found, target);
          onTaken(run, found);
        } else onNote(`${found} is not reused: ${reason}.`);
      } catch (error) {
        onNote(`${found} is not reused: ${messageOf(error)}`);
      }
    }
  }
}
