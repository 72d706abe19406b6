import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeAtomic } from "../store/atomic-write.ts";
import type { Sweep } from "../store/sweep-folder.ts";
import { jobLog, jobScript } from "./job-script.ts";
import { findJob } from "./find-job.ts";
import { sbatchOptions } from "./options.ts";
import { complaint, SchedulerError, type Reply, type Scheduler } from "./scheduler.ts";
import { decide, hasJob, type Submission } from "./submission.ts";

/** Seconds before its time limit at which a job is told to write a checkpoint. Slurm may do so a minute earlier. */
export const WARNING = 90;

/** Where relative paths start: a sweep that was moved goes on from where the command is given. */
export const workingFolder = ({ spec }: Sweep): string =>
  existsSync(spec.cwd) ? spec.cwd : process.cwd();

/** In file names of sbatch % begins a pattern. */
const literally = (path: string): string => path.replaceAll("%", "%%");

function sbatchArguments(sweep: Sweep, submission: Submission, after?: string): readonly string[] {
  const { manifest, folder } = submission;
  const { throttle } = manifest.options;
  return [
    "--parsable",
    `--array=0-${manifest.runs.length - 1}${throttle === undefined ? "" : `%${throttle}`}`,
    "--requeue",
    "--open-mode=append",
    `--signal=B:USR2@${WARNING}`,
    `--job-name=${manifest.token}`,
    `--chdir=${workingFolder(sweep)}`,
    `--output=${jobLog({ ...submission, folder: literally(resolve(folder)) }, "%a")}`,
    // A throttle counts within one array; where a sweep needs several, they follow each other.
    ...(after !== undefined && throttle !== undefined ? [`--dependency=afterany:${after}`] : []),
    ...sbatchOptions(manifest.options),
    resolve(folder, "job.sh"),
  ];
}

/** `123` or `123;cluster`, among whatever a site's plugins print. */
function parseSubmitted(stdout: string): { job: string; cluster?: string } | undefined {
  for (const line of stdout.split("\n").toReversed()) {
    const [, job, cluster] = /^(\d+)(?:;([\w.-]+))?$/.exec(line.trim()) ?? [];
    if (job !== undefined) return { job, ...(cluster !== undefined && { cluster }) };
  }
  return undefined;
}

/** Slurm refused: asking again would not help. Else it may or may not have taken the job. */
const isRefusal = ({ code, timedOut, stderr }: Reply): boolean =>
  !timedOut && code !== 0 && !/timed out|unable to contact|socket|communication/i.test(stderr);

/**
 * Submits one array of jobs, once. An answer that did not come, or that has no number, is followed by a search for the job's
 * name.
 *
 * @param after number of a job that is to end first, where no more than so many runs may be at work
 * @returns the submission with its job, or abandoned: then another one may be tried
 * @throws SchedulerError if Slurm refuses, or if nobody can tell whether it has the job
 */
export async function submitArray(
  sweep: Sweep,
  submission: Submission,
  scheduler: Scheduler,
  after?: string,
): Promise<Submission> {
  writeAtomic(join(submission.folder, "job.sh"), jobScript(submission));
  let reply: Reply;
  try {
    reply = await scheduler.call("sbatch", sbatchArguments(sweep, submission, after));
  } catch (error) {
    decide(submission, { abandoned: "sbatch could not be started" });
    throw error;
  }
  const submitted = reply.code === 0 ? parseSubmitted(reply.stdout) : undefined;
  if (submitted !== undefined) return decide(submission, submitted);
  if (isRefusal(reply)) {
    const ended = decide(submission, { abandoned: complaint(reply) });
    if (!hasJob(ended)) throw new SchedulerError(`Slurm refused the jobs: ${complaint(reply)}`);
    return ended;
  }
  try {
    const job = await findJob(submission, scheduler);
    return decide(submission, job ?? { abandoned: complaint(reply) });
  } catch (error) {
    throw new SchedulerError(
      `sbatch gave no number of a job (${complaint(reply)}), and the queue does not say whether there is one; flowmeter resume ${sweep.folder} will look for it.`,
      { cause: error },
    );
  }
}
