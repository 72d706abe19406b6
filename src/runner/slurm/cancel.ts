import { readSweep, eventWriter } from "../store/sweep-folder.ts";
import { findJob } from "./find-job.ts";
import { complaint, SchedulerError, slurmPrograms, type Scheduler } from "./scheduler.ts";
import { decide, hasJob, markCancelled, readSubmissions, type Submitted } from "./submission.ts";
import { queuedJobs } from "./job-entries.ts";
import { isActive } from "./queue.ts";

/** What was taken out of the queue. */
export interface Cancelled {
  /** Numbers of the jobs. */
  readonly jobs: readonly string[];
  /** Runs that were waiting or at work. */
  readonly runs: number;
}

export interface CancelOptions {
  readonly scheduler?: Scheduler;
  /** At once, without checkpoints. */
  readonly kill?: boolean;
  /** Only say what would be cancelled. */
  readonly dryRun?: boolean;
}

/** Submissions whose job is known, also those that were cut off, which are then decided unless it is a dry run. */
async function knownJobs(
  folder: string,
  scheduler: Scheduler,
  dryRun: boolean,
): Promise<readonly Submitted[]> {
  const found: Submitted[] = [];
  for (const submission of readSubmissions(folder)) {
    if (hasJob(submission)) found.push(submission);
    else {
      const job = await findJob(submission, scheduler);
      const decided = dryRun ? submission : decide(submission, job ?? { abandoned: "cancelled" });
      // One that was given up may have a job all the same, which would end at once when it starts.
      if (hasJob(decided)) found.push(decided);
      else if (job !== undefined) found.push({ ...submission, fate: job });
    }
  }
  return found;
}

/** Tells Slurm to end a job; those of its runs that are at work may write a checkpoint, unless it is to be killed. */
async function end({ fate }: Submitted, scheduler: Scheduler, kill: boolean): Promise<void> {
  const { job, cluster } = fate;
  const there = cluster === undefined ? [] : [`--clusters=${cluster}`];
  // What waits has no process that could be killed, about which it complains.
  if (kill) await scheduler.call("scancel", [...there, "--signal=KILL", "--batch", job]);
  const reply = await scheduler.call("scancel", [...there, job]);
  if (reply.code !== 0)
    throw new SchedulerError(`scancel ${job} did not succeed: ${complaint(reply)}`);
}

/**
 * Cancels the jobs of a sweep's folder that wait or are at work. Runs at work are told to write a checkpoint first (for which
 * Slurm gives them its KillWait, usually half a minute), and all go on with `flowmeter resume`. A submission that was cut
 * off is looked for by its name, so that no job is left behind.
 *
 * @param folder of the sweep
 * @throws UserError if it is none; SchedulerError if Slurm does not answer or refuses
 */
export async function cancelSlurm(
  folder: string,
  { scheduler = slurmPrograms(), kill = false, dryRun = false }: CancelOptions = {},
): Promise<Cancelled> {
  const sweep = readSweep(folder);
  const found = await knownJobs(folder, scheduler, dryRun);
  const queue = await queuedJobs(found, scheduler);
  const active = [...queue.values()].filter(isActive);
  const jobs = found.filter(({ fate }) => active.some(({ job }) => job === fate.job));
  const cancelled = { jobs: jobs.map(({ fate }) => fate.job), runs: active.length };
  if (dryRun) return cancelled;
  for (const submission of jobs) {
    // First, so that a run that never began is known to have been cancelled.
    markCancelled(submission);
    await end(submission, scheduler, kill);
  }
  eventWriter(sweep.folder)({ event: "cancel", ...cancelled });
  return cancelled;
}
