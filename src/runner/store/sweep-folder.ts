import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { arch, cpus, hostname, platform } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { digest } from "../config/config-hash.ts";
import type { ResolvedRun } from "../config/resolve.ts";
import { fingerprint } from "../../run-files.ts";
import { readSweepFiles, STORE_FORMAT, type SweepHead } from "../../sweep-files.ts";
import { gitState } from "../git-state.ts";
import { UserError } from "../user-error.ts";
import { VERSION } from "../version.ts";
import { syncFolder, writeAtomic, writeJson } from "./atomic-write.ts";
import { appendJsonLine } from "./jsonl.ts";
import { makeFolder, removeFolders } from "./make-folder.ts";
import { placeOf, thisProcess } from "./owner.ts";
import { asStored } from "./read-json.ts";
import { cannotWrite } from "./run-folder.ts";

/** What `sweep.json` says; written once. */
export interface SweepSpec extends SweepHead {
  readonly name: string;
  /** Hash of the runs' configurations. */
  readonly hash: string;
  readonly cwd: string;
  /** The version that resolved the runs. */
  readonly version: string;
  readonly [detail: string]: unknown;
}

export interface Sweep {
  readonly folder: string;
  readonly spec: SweepSpec;
  readonly runs: readonly ResolvedRun[];
}

/** Hash of the list of runs: the same runs, the same sweep. */
const hashOf = (runs: readonly ResolvedRun[]): string =>
  digest(runs.map((run) => run.runId)).slice(0, 8);

export const sweepFolderName = (name: string, runs: readonly ResolvedRun[]): string =>
  join("runs", `${name}-${hashOf(runs)}`);

export const isSweepFolder = (folder: string): boolean => existsSync(join(folder, "sweep.json"));

const lockFileHash = (): string | null =>
  existsSync("package-lock.json")
    ? createHash("sha256").update(readFileSync("package-lock.json")).digest("hex").slice(0, 16)
    : null;

/**
 * Reads a sweep. Nobody writes to, or reads from, places outside of its folder that a changed list names.
 *
 * @throws UserError where there is none; StoreError where another version wrote it, or its list was changed
 */
export function readSweep(folder: string): Sweep {
  if (!isSweepFolder(folder))
    throw new UserError(`${folder} is not the folder of a sweep: it has no sweep.json.`);
  const cure = `restore it, or make the sweep anew with another --out and --reuse ${folder}, which keeps what is done`;
  const { head, runs } = asStored(() => readSweepFiles(folder, cure));
  return { folder, spec: head as SweepSpec, runs: runs as readonly ResolvedRun[] };
}

/** What a sweep that is made of others has beside its list of runs. */
export interface SweepParts extends Readonly<Record<string, unknown>> {
  /** Puts into the folder what must be there from its first moment. */
  readonly fill?: (building: string) => void;
}

/** The sweep that stands there, if it has the same runs. */
function openSweep(folder: string, runs: readonly ResolvedRun[]): Sweep {
  const sweep = readSweep(folder);
  if (sweep.spec.hash === hashOf(runs)) return sweep;
  throw new UserError(
    `${folder} holds another sweep (${sweep.spec.runs} runs, hash ${sweep.spec.hash}); to extend it choose another --out, with --reuse ${folder} for the runs that are done there; or continue it with: flowmeter resume ${folder}`,
  );
}

/**
 * Makes the folder of a sweep, complete from its first moment: it is filled under another name and then renamed. A
 * folder that holds the same runs is opened again, so that a sweep goes on where it ended.
 */
export function createSweep(
  folder: string,
  name: string,
  runs: readonly ResolvedRun[],
  { fill, ...details }: SweepParts = {},
): Sweep {
  if (isSweepFolder(folder)) return openSweep(folder, runs);
  const list = runs.map((run) => `${JSON.stringify(run)}\n`).join("");
  const spec: SweepSpec = {
    format: STORE_FORMAT,
    name,
    hash: hashOf(runs),
    runs: runs.length,
    list: fingerprint(list),
    cwd: process.cwd(),
    version: VERSION,
    git: gitState(),
    lockFile: lockFileHash(),
    node: process.version,
    host: hostname(),
    platform: `${platform()}-${arch()}`,
    devices: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length },
    argv: process.argv.slice(2),
    created: new Date().toISOString(),
    ...details,
  };
  const parent = dirname(resolve(folder));
  const building = join(parent, `.${basename(folder)}.${process.pid}.tmp`);
  let made: readonly string[] = [];
  try {
    // In this order, since another process may have made it since the look above.
    if (existsSync(folder) && readdirSync(folder).length > 0 && !isSweepFolder(folder))
      throw new UserError(`${folder} is not empty and holds no sweep; choose another --out.`);
    made = makeFolder(parent);
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building);
    mkdirSync(join(building, "events"));
    writeAtomic(join(building, "runs.jsonl"), list);
    fill?.(building);
    writeJson(join(building, "sweep.json"), spec);
    renameSync(building, folder);
    syncFolder(parent);
  } catch (error) {
    // Even with force it throws where the parent is a file, and would hide the cause.
    if (existsSync(building)) rmSync(building, { recursive: true, force: true });
    removeFolders(made);
    if (error instanceof UserError) throw error;
    // Another process has just made it.
    if (isSweepFolder(folder)) return openSweep(folder, runs);
    throw new UserError(cannotWrite(folder, error), { cause: error });
  }
  return { folder, spec, runs };
}

/**
 * Appends to this process's own file of events; one writer per file, so no locks. They tell what happened and decide nothing
 * about numbers, so a full disk is left to those who must write.
 */
export function eventWriter(folder: string): (event: Readonly<Record<string, unknown>>) => void {
  const { host, pid, startTime } = thisProcess();
  const path = join(folder, "events", `${host}-${pid}-${startTime ?? "0"}.jsonl`);
  return (event) => {
    try {
      appendJsonLine(path, { time: new Date().toISOString(), ...event });
    } catch {
      // See above.
    }
  };
}

/**
 * The same for a process that starts the runs: its file begins with who it is, so that others find whom to ask to stop. Those
 * who submit jobs, follow them, or are one, are not asked.
 */
export function supervisorWriter(folder: string): ReturnType<typeof eventWriter> {
  const event = eventWriter(folder);
  event({ event: "open", owner: thisProcess(), place: placeOf(folder) });
  return event;
}
