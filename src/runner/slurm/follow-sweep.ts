import { join } from "node:path";
import type { TrainingProgress } from "../../training/train.ts";
import { lookAt } from "../store/run-folder.ts";
import { ATTEMPT_FILES } from "../store/attempts.ts";
import { lastAttempt } from "../store/last-attempt.ts";
import { progressOf } from "../store/run-status.ts";
import type { Sweep } from "../store/sweep-folder.ts";
import type { RunEnd, SweepOptions } from "../sweep.ts";
import type { RunView } from "./run-view.ts";
import { SchedulerError, type Scheduler } from "./scheduler.ts";
import { watchSweep } from "./watch.ts";

/** How far a run at work is, by its last evaluation; undefined before the first. */
function trainingOf({ folder, run }: RunView): TrainingProgress | undefined {
  const { step, steps, loss = NaN, ...rates } = progressOf({ runId: run.runId, folder, run });
  const { stepsPerSecond, remaining } = rates;
  return step === undefined || steps === undefined || stepsPerSecond === undefined
    ? undefined
    : {
        step,
        steps,
        loss,
        stepsPerSecond,
        remaining: remaining ?? (steps - step) / stepsPerSecond,
      };
}

/** How a run ended that is not on its way any more; undefined while it is. */
function endOf(view: RunView, reused: boolean): RunEnd | undefined {
  const { run, folder, detail, queued, unsettled } = view;
  const attempt = lastAttempt(folder);
  const about = {
    run,
    reused,
    started: !reused,
    ...(attempt !== undefined && { log: join(attempt, ATTEMPT_FILES.log) }),
  };
  const { record } = lookAt(folder);
  if (record !== undefined)
    return {
      ...about,
      outcome: record.status,
      record,
      ...(record.reason !== undefined && { reason: record.reason }),
    };
  if (queued || unsettled) return undefined;
  // Not by this sweep's jobs: a process that was started by hand.
  if (view.state === "running")
    return { ...about, outcome: "busy", reason: "another process works on it" };
  return { ...about, outcome: "stopped", reason: detail === "" ? "not submitted" : detail };
}

/** Questions without an answer, one after the other, after which following is given up: some ten minutes. */
const PATIENCE = 60;

/** The next answer of the queue. A controller that is started anew does not answer for a while. */
function patiently(poll: () => Promise<readonly RunView[]>): () => Promise<readonly RunView[]> {
  let missed = 0;
  return async () => {
    try {
      const views = await poll();
      missed = 0;
      return views;
    } catch (error) {
      missed += 1;
      if (!(error instanceof SchedulerError) || missed === PATIENCE) throw error;
      return [];
    }
  };
}

/**
 * Follows a sweep that Slurm does until none of its runs is in the queue or at work. To stop following changes nothing for
 * the jobs.
 *
 * @param reused runIds of the runs that were done before
 */
export async function followSweep(
  sweep: Sweep,
  { observer, stop }: Pick<SweepOptions, "observer" | "stop">,
  { scheduler, reused }: { readonly scheduler: Scheduler; readonly reused: ReadonlySet<string> },
): Promise<readonly RunEnd[]> {
  const poll = patiently(watchSweep(sweep, scheduler));
  const ends = new Map<string, RunEnd>();
  const begun = new Set<string>();
  const see = (view: RunView): void => {
    const { runId } = view.run;
    if (ends.has(runId)) return;
    const end = endOf(view, reused.has(runId));
    if (end !== undefined) {
      ends.set(runId, end);
      observer.onEnd?.(end);
    } else if (view.state === "running") {
      if (!begun.has(runId)) observer.onStart?.(view.run);
      begun.add(runId);
      const progress = trainingOf(view);
      if (progress !== undefined) observer.onProgress?.(view.run, progress);
    }
  };
  for (;;) {
    (await poll()).forEach(see);
    if (ends.size === sweep.runs.length || stop.aborted) break;
    await scheduler.pause(stop);
  }
  return sweep.runs.map(
    (run): RunEnd =>
      ends.get(run.runId) ?? {
        run,
        ...{ started: begun.has(run.runId), reused: false },
        outcome: "busy",
        reason: "its job goes on",
      },
  );
}
