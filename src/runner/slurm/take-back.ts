import type { Sweep } from "../store/sweep-folder.ts";
import { settle } from "./find-job.ts";
import type { Scheduler } from "./scheduler.ts";
import { breakStaleClaims } from "./stale-claims.ts";
import { readSubmissions } from "./submission.ts";
import { settledViews } from "./watch.ts";

/**
 * Prepares a sweep that was given to Slurm for being done on this machine: claims of jobs that are over are broken, and runs
 * that are in the queue or at work there are left to it.
 *
 * @returns the sweep of the remaining runs, and how many were left out
 */
export async function takeBack(
  sweep: Sweep,
  scheduler: Scheduler,
): Promise<{ readonly sweep: Sweep; readonly queued: number }> {
  for (const submission of readSubmissions(sweep.folder)) await settle(submission, scheduler);
  const views = await settledViews(sweep, scheduler);
  const free = views.filter(({ queued }) => !queued);
  await breakStaleClaims(
    free.map(({ folder }) => folder),
    scheduler,
  );
  return {
    sweep: { ...sweep, runs: free.map(({ run }) => run) },
    queued: views.length - free.length,
  };
}
