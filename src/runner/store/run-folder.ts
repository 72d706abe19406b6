import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseRecord, type RunRecord, type RunStatus } from "../../record.ts";
import type { Config, ResolvedRun } from "../config/resolve.ts";
import { canonical } from "../config/config-hash.ts";
import { messageOf, StoreError, UserError } from "../user-error.ts";
import { VERSION } from "../version.ts";
import { writeJson } from "./atomic-write.ts";
import { makeFolder, removeFolders } from "./make-folder.ts";
import { isGone, thisProcess, type Owner } from "./owner.ts";

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
  readonly log: string;
  readonly metrics: string;
  /** Says that the attempt is over, and how; the claim is free from then on. */
  finish(status: string, detail?: Readonly<Record<string, unknown>>): void;
}

/** Computed from the files, never stored. lost: an attempt's process is gone and left no result. */
export type RunState = "pending" | "running" | "lost" | "stopped" | RunStatus;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8")) as unknown;

/** Names of the attempts at a run, the oldest first. */
export const attemptsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.startsWith("attempt-"))
        .sort()
    : [];

/** The record, or undefined while the run is not finished. */
export function readResult(folder: string): RunRecord | undefined {
  const path = join(folder, FILES.result);
  return existsSync(path) ? parseRecord(readJson(path), path) : undefined;
}

/** Throws UserError if the folder holds no run. */
export function readStoredRun(folder: string): StoredRun {
  const path = join(folder, FILES.config);
  if (!existsSync(path))
    throw new UserError(`${folder} is not the folder of a run: it has no ${FILES.config}.`);
  return readJson(path) as StoredRun;
}

/** The owner of the newest attempt if it has not ended by itself. */
export function openAttempt(
  folder: string,
): { readonly owner: Owner; readonly name: string } | undefined {
  const name = attemptsIn(folder).at(-1);
  if (name === undefined || existsSync(join(folder, name, "exit.json"))) return undefined;
  const path = join(folder, name, "owner.json");
  // Between mkdir and owner.json the process may have been killed; nobody can then be working there.
  return existsSync(path) ? { owner: readJson(path) as Owner, name } : undefined;
}

export function stateOf(folder: string): RunState {
  const result = readResult(folder);
  if (result !== undefined) return result.status;
  const open = openAttempt(folder);
  if (open !== undefined) return isGone(open.owner) ? "lost" : "running";
  return attemptsIn(folder).length > 0 ? "stopped" : "pending";
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
    if (readdirSync(folder).length > 0)
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
 * Claims a run for this process: the exclusive mkdir of the next attempt.
 *
 * @param force take it over even if another process seems to be at work
 * @throws StoreError while another process works there
 */
export function claim(folder: string, { force = false } = {}): Attempt {
  const open = openAttempt(folder);
  if (open !== undefined && !force && !isGone(open.owner))
    throw new StoreError(
      `${folder} is in use by process ${open.owner.pid} on ${open.owner.host}; wait, stop it, or take over with --force.`,
    );
  const last = attemptsIn(folder).at(-1);
  const number = last === undefined ? 1 : Number(last.slice("attempt-".length)) + 1;
  const attempt = join(folder, `attempt-${String(number).padStart(4, "0")}`);
  try {
    mkdirSync(attempt);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new StoreError(`${folder} was claimed by another process at this moment; try again.`);
  }
  writeJson(join(attempt, "owner.json"), { ...thisProcess(), started: new Date().toISOString() });
  return {
    folder: attempt,
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
