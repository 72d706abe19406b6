import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunRecord, RunStatus } from "../../record.ts";
import { isRunName, readRecord } from "../../run-files.ts";
import type { Config, ResolvedRun } from "../config/resolve.ts";
import { canonical, configHash } from "../config/config-hash.ts";
import { messageOf, StoreError, UserError } from "../user-error.ts";
import { VERSION } from "../version.ts";
import { isTemporary, syncFolder, writeJson } from "./atomic-write.ts";
import { ATTEMPT_FILES, attemptName, attemptNumber, attemptsIn, openAttempt } from "./attempts.ts";
import { makeFolder, removeFolders } from "./make-folder.ts";
import { fateOf, isGone, placeOf, thisProcess } from "./owner.ts";
import { asStored, readJson } from "./read-json.ts";

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
  /** See ResolvedRun. */
  readonly pluginDigests?: Readonly<Record<string, string>>;
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
 * written into the result or the claim. dropped: others of a halving were better, which the results of the whole sweep say.
 */
export type RunState =
  "pending" | "running" | "lost" | "stopped" | "damaged" | "dropped" | RunStatus;

/** The record, or undefined while the run is not finished. Throws StoreError where it was damaged. */
export function readResult(folder: string): RunRecord | undefined {
  return asStored(() => readRecord(folder));
}

/**
 * Whether a configuration still is that of its hash. Of another version's, and of those that did not keep which plugins they use,
 * this cannot be known.
 */
function isOfItsHash({ config, configHash: hash, pluginDigests, version }: StoredRun): boolean {
  if (version !== VERSION || (config.plugins.length > 0 && pluginDigests === undefined))
    return true;
  return configHash(config, version, Object.values(pluginDigests ?? {})) === hash;
}

/** Throws UserError if the folder holds no run; StoreError if its configuration was changed since it was made. */
export function readStoredRun(folder: string): StoredRun {
  const path = join(folder, FILES.config);
  if (!existsSync(path))
    throw new UserError(`${folder} is not the folder of a run: it has no ${FILES.config}.`);
  const cure = `restore it, or remove ${folder} and start the run again`;
  const stored = readJson(path, cure) as StoredRun;
  if (isRunName(stored.runId) && isConfig(stored.config) && isOfItsHash(stored)) return stored;
  throw new StoreError(
    `${path} was changed since it was made: its configuration is not that of its configHash any more; ${cure}.`,
  );
}

/** Whether it has the groups that all read. */
const isConfig = (config: Partial<Config> | undefined): config is Config =>
  [config?.family, config?.data, config?.training, config?.evaluation, config?.engine].every(
    (group) => typeof group === "object",
  ) && Array.isArray(config?.plugins);

/** How far a run is, with its record if there is one, or with what is wrong with it. */
export function lookAt(folder: string): {
  readonly state: RunState;
  readonly record?: RunRecord;
  readonly reason?: string;
} {
  try {
    const record = readResult(folder);
    return record === undefined
      ? { state: stateWithoutResult(folder) }
      : { state: record.status, record };
  } catch (error) {
    if (error instanceof StoreError) return { state: "damaged", reason: error.message };
    throw error;
  }
}

export const stateOf = (folder: string): RunState => lookAt(folder).state;

function stateWithoutResult(folder: string): RunState {
  const last = attemptsIn(folder).at(-1);
  const open = openAttempt(folder, last);
  if (open !== undefined) return isGone(open.owner) ? "lost" : "running";
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
 * @param origin where relative paths of the configuration start, and the version that resolved it and knows its hash
 * @returns takes all of it back: the folders that were made, and what stands by now in the run's; does nothing where
 *   the run was there before
 * @throws UserError if the folder holds something else or cannot be written to
 */
export function createRunFolder(
  folder: string,
  run: ResolvedRun,
  origin: Pick<StoredRun, "cwd" | "version"> = { cwd: process.cwd(), version: VERSION },
): () => void {
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
    const { runId, configHash, config, pluginDigests } = run;
    const sources = pluginDigests && { pluginDigests };
    const { cwd, version } = origin;
    const stored: StoredRun = { runId, configHash, version, cwd, config, ...sources };
    if (!isOfItsHash(stored))
      throw new StoreError(
        `${folder}: the run's configuration is not that of its configHash: the sweep's list of runs was changed since it was written; restore it.`,
      );
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
 * Why a run cannot be claimed, with what can be done about it; undefined where nobody has it, or its owner is surely gone.
 *
 * @throws StoreError where the claim was damaged
 */
export function whyClaimed(
  folder: string,
  attempt = attemptsIn(folder).at(-1),
): string | undefined {
  const owner = openAttempt(folder, attempt)?.owner;
  if (owner === undefined) return undefined;
  const fate = fateOf(owner);
  if (fate.state === "gone") return undefined;
  const who = `${folder} is in use by process ${owner.pid} on ${owner.host}`;
  return fate.state === "alive"
    ? `${who}; wait for it, or stop it with: flowmeter cancel ${folder}`
    : `${who}, as far as can be known from here: ${fate.why}. If it has ended, take the run over with --take-over, which keeps what is finished and goes on from checkpoints.`;
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
  const obstacle = force ? undefined : whyClaimed(folder, last);
  if (obstacle !== undefined) throw new StoreError(obstacle);
  const number = last === undefined ? 1 : attemptNumber(last) + 1;
  const name = attemptName(number);
  const attempt = join(folder, name);
  makeOwned(join(folder, `.${name}.${process.pid}.tmp`), attempt);
  return {
    folder: attempt,
    number,
    log: join(attempt, ATTEMPT_FILES.log),
    metrics: join(attempt, ATTEMPT_FILES.metrics),
    finish: (status, detail = {}) => {
      writeJson(join(attempt, ATTEMPT_FILES.exit), {
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
    writeJson(join(building, ATTEMPT_FILES.owner), {
      ...thisProcess(),
      // A renamed folder keeps its place.
      place: placeOf(building),
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
