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
  scheduler: Scheduler = slurmPrograms(),
): Promise<Cancelled> {
  const sweep = readSweep(folder);
  const found: Submitted[] = [];
  for (const submission of readSubmissions(folder)) {
    if (hasJob(submission)) found.push(submission);
    else {
      const job = await findJob(submission, scheduler);
      const fate = job ?? { abandoned: "cancelled" };
      const decided = decide(submission, fate);
      // One that was given up may have a job all the same, which would end at once when it starts.
      if (hasJob(decided)) found.push(decided);
      else if (job !== undefined) found.push({ ...submission, fate: job });
    }
  }
  const queue = await queuedJobs(found, scheduler);
  const active = [...queue.values()].filter(isActive);
  const jobs = found.filter(({ fate }) => active.some(({ job }) => job === fate.job));
  for (const submission of jobs) {
    const { job, cluster } = submission.fate;
    // First, so that a run that never began is known to have been cancelled.
    markCancelled(submission);
    const reply = await scheduler.call("scancel", [
      ...(cluster === undefined ? [] : [`--clusters=${cluster}`]),
      job,
    ]);
    if (reply.code !== 0)
      throw new SchedulerError(`scancel ${job} did not succeed: ${complaint(reply)}`);
  }
  const numbers = jobs.map(({ fate }) => fate.job);
  eventWriter(sweep.folder)({ event: "cancel", jobs: numbers, runs: active.length });
  return { jobs: numbers, runs: active.length };
}
