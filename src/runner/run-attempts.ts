import { resolve } from "node:path";
import prettyMs from "pretty-ms";
import type { RunRecord } from "../record.ts";
import type { ResolvedRun } from "./config/resolve.ts";
import { keepFailure } from "./keep-failure.ts";
import type { WorkerEnd } from "./spawn-worker.ts";
import { readResult } from "./store/run-folder.ts";
import type { SweepObserver } from "./sweep.ts";
import type { WorkerPool, Working } from "./worker-pool.ts";

/** How often a run is tried and how long it may take; no part of what it is. */
export interface Limits {
  /** How often a run that failed is tried again: its process broke down, threw, or took too long. */
  readonly retries: number;
  /** Seconds that one attempt may take; undefined for any time. */
  readonly timeout?: number;
  /** Seconds after which a run is killed that was told to stop for the timeout. */
  readonly grace: number;
}

export interface AttemptOptions extends Limits {
  readonly force: boolean;
  readonly observer: Pick<SweepObserver, "onProgress" | "onNote">;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly pool: WorkerPool;
  /** Writes down what happened. */
  readonly event: (event: Readonly<Record<string, unknown>>) => void;
}

/** How the attempts at a run ended. */
export interface AttemptsEnd {
  readonly outcome: "done" | "diverged" | "failed" | "stopped" | "busy";
  readonly record?: RunRecord;
  readonly reason?: string;
  readonly log?: string;
}

const timeoutReason = (seconds: number): string =>
  `timeout after ${prettyMs(1000 * seconds)}; resume with a longer --timeout, it goes on from its last checkpoint, or lower training.steps`;

/** Stops a run that takes too long, and kills it if it does not stop. */
function limitTime(working: Working, { timeout, grace }: Limits) {
  if (timeout === undefined) return { expired: () => false, clear: () => undefined };
  let expired = false;
  let timer = setTimeout(() => {
    expired = true;
    working.stop();
    timer = setTimeout(() => {
      working.kill();
    }, 1000 * grace);
  }, 1000 * timeout);
  return {
    expired: () => expired,
    clear: () => {
      clearTimeout(timer);
    },
  };
}

/** One attempt, by a process of the pool. */
async function attempt(
  run: ResolvedRun,
  folder: string,
  options: AttemptOptions,
): Promise<WorkerEnd & { readonly expired: boolean }> {
  const { force, observer, stop, kill, pool, event } = options;
  event({ event: "start", run: run.runId });
  const working = pool.run(run.config, { folder: resolve(folder), force }, (progress) =>
    observer.onProgress?.(run, progress),
  );
  stop.addEventListener("abort", working.stop);
  kill.addEventListener("abort", working.kill);
  const time = limitTime(working, options);
  const end = await working.ended;
  time.clear();
  stop.removeEventListener("abort", working.stop);
  kill.removeEventListener("abort", working.kill);
  return { ...end, expired: time.expired() };
}

/** What an attempt comes to for its run. */
function judge(
  end: WorkerEnd & { readonly expired: boolean },
  { stop, kill, timeout = 0 }: AttemptOptions,
): Pick<AttemptsEnd, "outcome" | "reason"> {
  const { outcome, reason, expired } = end;
  const worked = outcome === "done" || outcome === "diverged" || outcome === "busy";
  if (worked) return { outcome, ...(reason !== "" && { reason }) };
  if (kill.aborted || (stop.aborted && outcome !== "failed"))
    return { outcome: "stopped", reason: reason === "" ? "stopped" : reason };
  if (expired) return { outcome: "failed", reason: timeoutReason(timeout) };
  return { outcome: outcome === "broken" ? "failed" : outcome, reason };
}

/** Does a run, again where it fails and may be tried again; what failed to the last becomes a record. */
export async function runAttempts(
  run: ResolvedRun,
  folder: string,
  options: AttemptOptions,
): Promise<AttemptsEnd> {
  const { observer, stop, retries, event } = options;
  for (let tries = 1; ; tries++) {
    const ended = await attempt(run, folder, options);
    const judged = judge(ended, options);
    event({ event: "end", run: run.runId, ...judged });
    const about = { ...judged, ...(ended.log !== undefined && { log: ended.log }) };
    if (judged.outcome === "stopped" || judged.outcome === "busy") return about;
    if (judged.outcome === "failed" && tries <= retries && !stop.aborted) {
      observer.onNote?.(`${run.runId}: attempt failed (${judged.reason ?? ""}); trying again`);
      continue;
    }
    if (judged.outcome === "failed")
      return { ...about, record: keepFailure(folder, run, judged.reason ?? "") };
    const record = readResult(folder);
    return { ...about, ...(record && { record }) };
  }
}
