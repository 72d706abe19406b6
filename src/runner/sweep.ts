import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import type { RunRecord } from "../record.ts";
import type { TrainingProgress } from "../training/train.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { assertDataFiles } from "./data-state.ts";
import { failedRecord } from "./make-record.ts";
import { spawnWorker, type WorkerEnd, type WorkerHandle } from "./spawn-worker.ts";
import { writeJson } from "./store/atomic-write.ts";
import { createRunFolder, FILES, readResult, stateOf } from "./store/run-folder.ts";
import { eventWriter, type Sweep } from "./store/sweep-folder.ts";

/** How one run of a sweep ended: with a record, stopped, or elsewhere at work. */
export interface RunEnd {
  readonly run: ResolvedRun;
  readonly outcome: "done" | "diverged" | "failed" | "stopped" | "busy";
  readonly reused: boolean;
  readonly record?: RunRecord;
  readonly reason?: string;
  readonly log?: string;
}

/** Told what happens, for a display. */
export interface SweepObserver {
  onStart?(run: ResolvedRun): void;
  onProgress?(run: ResolvedRun, progress: TrainingProgress): void;
  onEnd?(end: RunEnd): void;
}

export interface SweepOptions {
  /** Runs at a time. */
  readonly jobs: number;
  /** Also runs that are done. */
  readonly force: boolean;
  readonly observer: SweepObserver;
  /** Aborted: no run is started any more, and those at work write a checkpoint and end. */
  readonly stop: AbortSignal;
  /** Aborted: those at work are killed. */
  readonly kill: AbortSignal;
}

const EXIT_STOPPED = 75;
const EXIT_BUSY = 5;

function endOf(run: ResolvedRun, folder: string, ended: WorkerEnd, kill: AbortSignal): RunEnd {
  const about = { run, reused: false, ...(ended.log !== undefined && { log: ended.log }) };
  if (ended.code === EXIT_STOPPED || kill.aborted)
    return { ...about, outcome: "stopped", reason: ended.reason };
  if (ended.code === EXIT_BUSY) return { ...about, outcome: "busy", reason: ended.reason };
  const written = readResult(folder);
  if (written !== undefined && (ended.code === 0 || ended.code === 1))
    return {
      ...about,
      outcome: written.status,
      record: written,
      ...(written.reason !== undefined && { reason: written.reason }),
    };
  // No record: the process broke down, natively or otherwise. That is a result as well.
  const record = failedRecord(run, ended.reason, new Date());
  writeJson(join(folder, FILES.result), record);
  return { ...about, outcome: "failed", record, reason: ended.reason };
}

/**
 * Does all runs of a sweep that are not done yet, each in a process of its own, so that one that breaks down takes
 * nothing with it.
 *
 * @throws UserError if a run that would be used again belongs to data that has changed; nothing is started then
 */
export async function runSweep(sweep: Sweep, options: SweepOptions): Promise<readonly RunEnd[]> {
  const { jobs, force, observer, stop, kill } = options;
  if (!force)
    assertDataFiles(
      sweep.runs.map(({ runId }) => join(sweep.folder, runId)),
      sweep.spec.cwd,
    );
  const event = eventWriter(sweep.folder);
  const working = new Set<WorkerHandle>();
  stop.addEventListener("abort", () => {
    for (const worker of working) worker.stop();
  });
  kill.addEventListener("abort", () => {
    for (const worker of working) worker.kill();
  });
  const one = async (run: ResolvedRun): Promise<RunEnd> => {
    const folder = join(sweep.folder, run.runId);
    const existing = existsSync(folder) ? readResult(folder) : undefined;
    if (existing?.status === "done" && !force)
      return { run, outcome: "done", reused: true, record: existing };
    if (stop.aborted) return { run, outcome: "stopped", reused: false, reason: "not started" };
    createRunFolder(folder, run, sweep.spec.cwd);
    if (stateOf(folder) === "running" && !force)
      return { run, outcome: "busy", reused: false, reason: "another process works on it" };
    observer.onStart?.(run);
    event({ event: "start", run: run.runId });
    const worker = spawnWorker(resolve(folder), {
      force,
      cwd: sweep.spec.cwd,
      onProgress: (progress) => observer.onProgress?.(run, progress),
    });
    working.add(worker);
    const ended = await worker.ended;
    working.delete(worker);
    const end = endOf(run, folder, ended, kill);
    event({
      event: "end",
      run: run.runId,
      outcome: end.outcome,
      ...(end.reason !== undefined && { reason: end.reason }),
    });
    return end;
  };
  const limit = pLimit(jobs);
  return Promise.all(
    sweep.runs.map((run) =>
      limit(async () => {
        const end = await one(run);
        observer.onEnd?.(end);
        return end;
      }),
    ),
  );
}
