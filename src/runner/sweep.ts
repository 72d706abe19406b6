import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import type { RunRecord } from "../record.ts";
import type { TrainingProgress } from "../training/train.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { assertDataFiles } from "./data-state.ts";
import { byRung, verdictsIn, type Verdict } from "./halving.ts";
import { runAttempts, type Limits } from "./run-attempts.ts";
import { sourceDigest } from "./source-digest.ts";
import { setDamagedAside } from "./store/damaged-result.ts";
import { createRunFolder, lookAt, readResult, whyClaimed } from "./store/run-folder.ts";
import { takeOverClaim } from "./store/take-over-claim.ts";
import { supervisorWriter, type Sweep } from "./store/sweep-folder.ts";
import { takeOverFinished } from "./take-over.ts";
import { messageOf } from "./user-error.ts";
import { createWorkerPool } from "./worker-pool.ts";

/** How one run of a sweep ended: with a record, stopped, or elsewhere at work. */
export interface RunEnd {
  readonly run: ResolvedRun;
  /** dropped: others of a halving were better. */
  readonly outcome: "done" | "diverged" | "failed" | "stopped" | "busy" | "dropped";
  /** Whether a process worked on it. */
  readonly started: boolean;
  readonly reused: boolean;
  readonly record?: RunRecord;
  readonly reason?: string;
  readonly log?: string;
}

/** Told what happens, for a display. */
export interface SweepObserver {
  onStart?(run: ResolvedRun): void;
  onProgress?(run: ResolvedRun, progress: TrainingProgress): void;
  /** Something that the user should know. */
  onNote?(text: string): void;
  onEnd?(end: RunEnd): void;
}

export interface SweepOptions extends Limits {
  /** Runs at a time. */
  readonly jobs: number;
  /** Also runs that are done. */
  readonly force: boolean;
  /** Claims of which it cannot be known whether somebody still works on the run are broken. */
  readonly takeOver: boolean;
  /** After the first run that fails or diverges no other is started, and those at work write a checkpoint and end. */
  readonly failFast: boolean;
  /** Folders of other sweeps whose finished runs may be taken over. */
  readonly reuse: readonly string[];
  readonly observer: SweepObserver;
  /** Aborted: no run is started any more, and those at work write a checkpoint and end. */
  readonly stop: AbortSignal;
  /** Aborted: those at work are killed. */
  readonly kill: AbortSignal;
}

/** Says so where finished runs will be used again that another state of the sources has computed. */
function noteOnSources(folders: readonly string[]): string | undefined {
  const others = folders.filter((folder) => {
    const { record } = lookAt(folder);
    const source = record?.status === "done" ? record.provenance["source"] : undefined;
    return source !== undefined && source !== sourceDigest();
  });
  return others.length === 0
    ? undefined
    : `${others.length} finished runs were computed by another state of Flowmeter's sources (this is ${sourceDigest()}); they are reused, --force does them again.`;
}

/**
 * Does all runs of a sweep that are not done yet, in processes of their own, so that one that breaks down takes nothing
 * with it.
 *
 * @throws UserError if a run that would be used again belongs to data that has changed; nothing is started then
 */
export async function runSweep(sweep: Sweep, options: SweepOptions): Promise<readonly RunEnd[]> {
  const { jobs, force, failFast, observer, kill } = options;
  const folderOf = ({ runId }: ResolvedRun): string => join(sweep.folder, runId);
  for (const run of sweep.runs) {
    const damage = setDamagedAside(folderOf(run));
    if (damage !== undefined) observer.onNote?.(damage);
    const taken = options.takeOver ? takeOverClaim(folderOf(run)) : undefined;
    if (taken !== undefined) observer.onNote?.(taken);
  }
  // A sweep that was moved, perhaps from another machine, goes on from where the command is given.
  const cwd = existsSync(sweep.spec.cwd) ? sweep.spec.cwd : process.cwd();
  const event = supervisorWriter(sweep.folder);
  takeOverFinished(sweep.folder, sweep.runs, {
    ...{ from: options.reuse, cwd },
    onTaken: (run, from) => {
      event({ event: "reuse", run: run.runId, from });
    },
    onNote: (text) => observer.onNote?.(text),
  });
  if (!force) {
    assertDataFiles(sweep.runs.map(folderOf), cwd);
    const note = noteOnSources(sweep.runs.map(folderOf));
    if (note !== undefined) observer.onNote?.(note);
  }
  const failed = new AbortController();
  const stop = AbortSignal.any([options.stop, failed.signal]);
  // One for each run at work.
  setMaxListeners(0, stop, kill);
  const pool = createWorkerPool(cwd);
  const one = async (run: ResolvedRun): Promise<RunEnd> => {
    const folder = folderOf(run);
    const unworked = { run, started: false, reused: false };
    const existing = existsSync(folder) ? readResult(folder) : undefined;
    if (existing?.status === "done" && !force)
      return { ...unworked, outcome: "done", reused: true, record: existing };
    if (stop.aborted) return { ...unworked, outcome: "stopped", reason: "not started" };
    createRunFolder(folder, run, sweep.spec);
    const claimed = force ? undefined : whyClaimed(folder);
    if (claimed !== undefined) return { ...unworked, outcome: "busy", reason: claimed };
    observer.onStart?.(run);
    const end = await runAttempts(run, folder, { ...options, stop, kill, pool, event });
    return { ...unworked, ...end, started: true };
  };
  const limit = pLimit(jobs);
  const limited = (run: ResolvedRun, verdict: Verdict): Promise<RunEnd> =>
    limit(async () => {
      const work = verdict === "open" ? one(run) : Promise.resolve(untouched(run, verdict));
      // A full disk, or a folder that somebody took away: this run cannot be done, others perhaps can.
      const end = await work.catch((error: unknown): RunEnd => ({
        ...{ run, outcome: "failed", started: false, reused: false },
        reason: messageOf(error),
      }));
      if (failFast && (end.outcome === "failed" || end.outcome === "diverged")) failed.abort();
      observer.onEnd?.(end);
      return end;
    });
  return rungByRung(sweep, limited).finally(() => pool.close());
}

/** All runs; of a halving each rung when the one before has ended. */
async function rungByRung(
  sweep: Sweep,
  work: (run: ResolvedRun, verdict: Verdict) => Promise<RunEnd>,
): Promise<readonly RunEnd[]> {
  const ends: RunEnd[] = [];
  for (const runs of byRung(sweep.runs)) {
    const found = verdictsIn(sweep);
    const rung = runs.map((run) => work(run, found.get(run.runId) ?? "open"));
    ends.push(...(await Promise.all(rung)));
  }
  return ends;
}

/** The end of a run that a halving does not do, or not yet. */
const untouched = (run: ResolvedRun, verdict: "waiting" | "dropped"): RunEnd => ({
  ...{ run, started: false, reused: false },
  ...(verdict === "dropped"
    ? { outcome: "dropped", reason: "others were better in the rung before" }
    : { outcome: "stopped", reason: "the rung before has not ended" }),
});
