import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseRecord, type RunRecord, type RunStatus } from "../../record.ts";
import type { Config, ResolvedRun } from "../config/resolve.ts";
import { canonical } from "../config/config-hash.ts";
import { messageOf, StoreError, UserError } from "../user-error.ts";
import { VERSION } from "../version.ts";
import { isTemporary, syncFolder, writeJson } from "./atomic-write.ts";
import { makeFolder, removeFolders } from "./make-folder.ts";
import { isGone, thisProcess, type Owner } from "./owner.ts";
import { readJson } from "./read-json.ts";

/** Names inside the folder of a run. */
export const FILES = {
  config: "config.json",
  data: "data.json",
  result: "result.json",
  model: "model.safetensors",
  preprocessing: "preprocessing.json",
  checkpoint: "checkpoint",
  arrays: "arrays",
  figures: "figures",
} as const;

/** What stands in `config.json`: written once, never changed. */
export interface StoredRun {
  readonly runId: string;
  readonly configHash: string;
  readonly version: string;
  /** Relative paths of the configuration start here. */
  readonly cwd: string;
  readonly config: Config;
}

/** One try at a run, by one process. */
export interface Attempt {
  readonly folder: string;
  /** 1 for the first one. */
  readonly number: number;
  readonly log: string;
  readonly metrics: string;
  /** Says that the attempt is over, and how; the claim is free from then on. */
  finish(status: string, detail?: Readonly<Record<string, unknown>>): void;
}

/**
 * Computed from the files, never stored. lost: an attempt's process is gone and left no result. damaged: something else has
 * written into the result.
 */
export type RunState = "pending" | "running" | "lost" | "stopped" | "damaged" | RunStatus;

/** Names of the attempts, the first one first. */
export const attemptsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.startsWith("attempt-"))
        .sort()
    : [];

export const countAttempts = (folder: string): number => attemptsIn(folder).length;

/** The record, or undefined while the run is not finished. Throws StoreError where it was damaged. */
export function readResult(folder: string): RunRecord | undefined {
  const path = join(folder, FILES.result);
  if (!existsSync(path)) return undefined;
  const read = readJson(path);
  try {
    return parseRecord(read, path);
  } catch (error) {
    throw new StoreError(messageOf(error), { cause: error });
  }
}

/** Throws UserError if the folder holds no run. */
export function readStoredRun(folder: string): StoredRun {
  const path = join(folder, FILES.config);
  if (!existsSync(path))
    throw new UserError(`${folder} is not the folder of a run: it has no ${FILES.config}.`);
  return readJson(path) as StoredRun;
}

/** The owner of an attempt that has not ended by itself. */
function ownerOfOpen(folder: string, attempt: string | undefined): Owner | undefined {
  if (attempt === undefined || existsSync(join(folder, attempt, "exit.json"))) return undefined;
  const path = join(folder, attempt, "owner.json");
  return existsSync(path) ? (readJson(path) as Owner) : undefined;
}

/** The owner of the newest attempt if it has not ended by itself. */
export function openAttempt(
  folder: string,
): { readonly owner: Owner; readonly name: string } | undefined {
  const name = attemptsIn(folder).at(-1);
  const owner = ownerOfOpen(folder, name);
  return name === undefined || owner === undefined ? undefined : { owner, name };
}

/** How far a run is, with its record if there is one. */
export function lookAt(folder: string): { readonly state: RunState; readonly record?: RunRecord } {
  try {
    const record = readResult(folder);
    if (record !== undefined) return { state: record.status, record };
  } catch (error) {
    if (error instanceof StoreError) return { state: "damaged" };
    throw error;
  }
  return { state: stateWithoutResult(folder) };
}

export const stateOf = (folder: string): RunState => lookAt(folder).state;

function stateWithoutResult(folder: string): RunState {
  const last = attemptsIn(folder).at(-1);
  const owner = ownerOfOpen(folder, last);
  if (owner !== undefined) return isGone(owner) ? "lost" : "running";
  return last === undefined ? "pending" : "stopped";
}

/** What to tell about a folder that the system refuses to make or to fill. */
export const cannotWrite = (folder: string, error: unknown): string =>
  `cannot write to ${folder}: ${messageOf(error)}; choose another --out, a folder in which you may write.`;

/** The hash covers the source of the plugins that a run uses; where they lie, and which others there are, changes no number. */
const withoutPlugins = (config: Config): string => canonical({ ...config, plugins: [] });

/**
 * Makes the folder of a run and writes its configuration, or checks that it already belongs to this run.
 *
 * @param cwd where relative paths of the configuration start
 * @returns takes all of it back: the folders that were made, and what stands by now in the run's; does nothing where
 *   the run was there before
 * @throws UserError if the folder holds something else or cannot be written to
 */
export function createRunFolder(folder: string, run: ResolvedRun, cwd = process.cwd()): () => void {
  let made: readonly string[] = [];
  const undo = (): void => {
    for (const name of readdirSync(folder))
      rmSync(join(folder, name), { recursive: true, force: true });
    removeFolders(made);
  };
  try {
    made = makeFolder(folder);
    const path = join(folder, FILES.config);
    if (existsSync(path)) {
      const stored = readStoredRun(folder);
      if (
        withoutPlugins(stored.config) !== withoutPlugins(run.config) ||
        stored.configHash !== run.configHash
      )
        throw new UserError(
          `${folder} holds another run (${stored.runId}); choose another --out, or remove it.`,
        );
      return () => undefined;
    }
    // A process that was killed while it wrote the configuration leaves its temporary file.
    if (!readdirSync(folder).every(isTemporary))
      throw new UserError(`${folder} is not empty and holds no run; choose another --out.`);
    const { runId, configHash, config } = run;
    const stored: StoredRun = { runId, configHash, version: VERSION, cwd, config };
    writeJson(path, stored);
    return undo;
  } catch (error) {
    removeFolders(made);
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined)
      throw error;
    throw new UserError(cannotWrite(folder, error), { cause: error });
  }
}

/**
 * Claims a run for this process: the exclusive making of the next attempt, which has its owner from its first moment on.
 *
 * @param force take it over even if another process seems to be at work
 * @throws StoreError while another process works there
 */
export function claim(folder: string, { force = false } = {}): Attempt {
  // Read once: an attempt that another process makes from here on has the number that this one tries to make.
  const last = attemptsIn(folder).at(-1);
  const owner = ownerOfOpen(folder, last);
  if (owner !== undefined && !force && !isGone(owner))
    throw new StoreError(
      `${folder} is in use by process ${owner.pid} on ${owner.host}; wait, stop it, or take over with --force.`,
    );
  const number = last === undefined ? 1 : Number(last.slice("attempt-".length)) + 1;
  const name = `attempt-${String(number).padStart(4, "0")}`;
  const attempt = join(folder, name);
  makeOwned(join(folder, `.${name}.${process.pid}.tmp`), attempt);
  return {
    folder: attempt,
    number,
    log: join(attempt, "log.txt"),
    metrics: join(attempt, "metrics.jsonl"),
    finish: (status, detail = {}) => {
      writeJson(join(attempt, "exit.json"), {
        status,
        ...detail,
        ended: new Date().toISOString(),
      });
    },
  };
}

/** Makes the folder of an attempt under another name, and renames it, which fails where there is one with files in it. */
function makeOwned(building: string, attempt: string): void {
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building);
  try {
    writeJson(join(building, "owner.json"), {
      ...thisProcess(),
      started: new Date().toISOString(),
    });
    renameSync(building, attempt);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EEXIST", "ENOTEMPTY"].includes(code)) throw error;
    throw new StoreError(`${attempt} was claimed by another process at this moment; try again.`);
  }
  syncFolder(dirname(attempt));
}
