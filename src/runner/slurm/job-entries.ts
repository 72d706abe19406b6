import { askAccounting } from "./accounting.ts";
import { askQueue, type QueueEntry } from "./queue.ts";
import type { Scheduler } from "./scheduler.ts";
import { hasJob, type Submission, type Submitted } from "./submission.ts";

/** Entries by id of the job, `12_3`. */
export type JobEntries = ReadonlyMap<string, QueueEntry>;

/** Asks once for all submissions of a cluster, and nothing where there is none. */
async function together(
  submissions: readonly Submission[],
  ask: (submissions: readonly Submitted[], cluster?: string) => Promise<readonly QueueEntry[]>,
): Promise<JobEntries> {
  const known = [...new Set(submissions)].filter(hasJob);
  const entries = new Map<string, QueueEntry>();
  for (const cluster of new Set(known.map(({ fate }) => fate.cluster))) {
    const there = known.filter(({ fate }) => fate.cluster === cluster);
    for (const entry of await ask(there, cluster))
      entries.set(`${entry.job}_${entry.index ?? 0}`, entry);
  }
  return entries;
}

/** What the queue has of submissions; throws SchedulerError if it does not answer. */
export const queuedJobs = (
  submissions: readonly Submission[],
  scheduler: Scheduler,
): Promise<JobEntries> =>
  together(submissions, (asked, cluster) => {
    const names = asked.map(({ manifest }) => manifest.token).join(",");
    return askQueue(scheduler, `--name=${names}`, cluster);
  });

/** What the accounting, if there is any, has of submissions. */
export const pastJobs = (
  submissions: readonly Submission[],
  scheduler: Scheduler,
): Promise<JobEntries> =>
  together(submissions, (asked, cluster) => {
    const jobs = asked.map(({ fate }) => fate.job).join(",");
    return askAccounting(scheduler, [`--jobs=${jobs}`], cluster);
  });
