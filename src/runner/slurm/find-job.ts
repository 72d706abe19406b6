import { fateOf } from "../store/owner.ts";
import { StoreError } from "../user-error.ts";
import { askAccounting } from "./accounting.ts";
import { askQueue } from "./queue.ts";
import { clusterOf } from "./options.ts";
import type { Scheduler } from "./scheduler.ts";
import { decide, type Fate, type Submission } from "./submission.ts";

const LOOKS = 3;
const DAY = 86_400_000;
/** So long nobody takes over from a machine that may still be submitting; sbatch gives up far earlier. */
const FRESH = 600_000;

/**
 * The job of this name, if there is one. Looks more than once, since sbatch's request may still be on its way
 * when sbatch itself is gone.
 *
 * @throws SchedulerError if the queue does not answer: then nobody knows
 */
export async function findJob(
  { manifest: { token, created, options } }: Submission,
  scheduler: Scheduler,
): Promise<Extract<Fate, { readonly job: string }> | undefined> {
  const cluster = clusterOf(options);
  // Accounting shows only today otherwise; a day more, since clocks and zones differ.
  const since = new Date(Date.parse(created) - DAY).toISOString().slice(0, 10);
  for (let look = 1; ; look += 1) {
    const entries = await askQueue(scheduler, `--name=${token}`, cluster);
    const [entry] =
      entries.length > 0
        ? entries
        : await askAccounting(scheduler, [`--name=${token}`, `--starttime=${since}`], cluster);
    if (entry !== undefined) return { job: entry.job, ...(cluster !== undefined && { cluster }) };
    if (look === LOOKS) return undefined;
    await scheduler.pause();
  }
}

/**
 * Finds out what became of a submission that was cut off between its intent and its answer. If there is no job, it is
 * abandoned, and a job that should appear later ends at once: so nothing is ever submitted twice.
 *
 * @throws StoreError if the process that submits it is still at work
 */
export async function settle(submission: Submission, scheduler: Scheduler): Promise<Submission> {
  if (submission.fate !== undefined) return submission;
  const { owner, created } = submission.manifest;
  const { state } = fateOf(owner);
  const mayWork =
    state === "alive"
      ? owner.pid !== process.pid
      : state === "unknown" && Date.now() - Date.parse(created) < FRESH;
  if (mayWork)
    throw new StoreError(
      `${submission.folder} is being submitted by process ${owner.pid} on ${owner.host}; wait for it.`,
    );
  const job = await findJob(submission, scheduler);
  return decide(submission, job ?? { abandoned: "no job of its name" });
}
