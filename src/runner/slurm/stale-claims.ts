import { isGone } from "../store/owner.ts";
import type { OwningJob } from "../store/owning-job.ts";
import { openAttempt } from "../store/attempts.ts";
import { breakClaim } from "../store/last-attempt.ts";
import { isActive, askQueue, parseJobId, type QueueEntry } from "./queue.ts";
import type { Scheduler } from "./scheduler.ts";

/** The job of a run's claim, where this machine cannot see by itself that its process is gone. */
function claimingJob(folder: string): OwningJob | undefined {
  const open = openAttempt(folder);
  return open === undefined || isGone(open.owner) ? undefined : open.owner.job;
}

const has = (queue: readonly QueueEntry[], id: string): boolean =>
  parseJobId(id).every(({ job, index }) =>
    queue.some((entry) => entry.job === job && entry.index === index && isActive(entry)),
  );

/**
 * Breaks the claims of jobs that are over by the word of the queue, on whatever machine they were: a job that was killed, or
 * whose machine broke down, cannot say so itself. Claims of jobs that may still work, and of processes that belong to
 * none, stay.
 *
 * @param folders of runs
 * @param me the job of this process: its own earlier starts are over, since Slurm starts it again only then
 * @throws SchedulerError if the queue does not answer
 */
export async function breakStaleClaims(
  folders: readonly string[],
  scheduler: Scheduler,
  me?: OwningJob,
): Promise<void> {
  const claimed = folders.flatMap((folder) => {
    const job = claimingJob(folder);
    return job === undefined ? [] : [{ folder, job }];
  });
  const mine = claimed.filter(({ job }) => job.id === me?.id);
  for (const { folder, job } of mine)
    if (me !== undefined && job.restarts < me.restarts)
      breakClaim(folder, `job ${job.id} was started again`);
  const others = claimed.filter(({ job }) => job.id !== me?.id);
  if (others.length === 0) return;
  const numbers = new Set(others.flatMap(({ job }) => parseJobId(job.id).map(({ job: n }) => n)));
  const queue = await askQueue(scheduler, `--jobs=${[...numbers].join(",")}`);
  for (const { folder, job } of others)
    if (!has(queue, job.id)) breakClaim(folder, `job ${job.id} is over and left no result`);
}
