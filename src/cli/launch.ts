import type { ResolvedRun } from "../runner/config/resolve.ts";
import { UserError } from "../runner/user-error.ts";
import type { Submitted } from "../runner/slurm/submission.ts";
import type { SlurmOptions } from "../runner/slurm/options.ts";
import type { Sweep } from "../runner/store/sweep-folder.ts";
import { doSweep } from "./do-sweep.ts";
import type { Execution, ExecutionArguments } from "./execution.ts";
import { note, print } from "./output.ts";
import { slurmOptions, type Launcher, type SlurmArguments } from "./slurm-arguments.ts";

const jobLine = ({ fate, manifest: { runs } }: Submitted): string =>
  `job ${fate.job}: ${runs.length} ${runs.length === 1 ? "run" : "runs"}`;

/** What was submitted, and what to type next. */
function describeJobs(sweep: Sweep, jobs: readonly Submitted[], json: boolean): void {
  for (const job of jobs) {
    const { fate, manifest, folder } = job;
    const { token, runs } = manifest;
    print(json ? JSON.stringify({ ...fate, runs: runs.length, token, folder }) : jobLine(job));
  }
  note(
    [
      `Next: flowmeter status ${sweep.folder}`,
      `      flowmeter logs ${sweep.folder} ${sweep.runs[0]?.runId ?? ""}`,
      `      flowmeter cancel ${sweep.folder}`,
    ].join("\n"),
  );
}

/** Throws UserError where jobs cannot be submitted from this machine. */
export async function assertSlurm(): Promise<void> {
  const { complaint, slurmPrograms } = await import("../runner/slurm/scheduler.ts");
  const reply = await slurmPrograms().call("sbatch", ["--version"]);
  // Also this question needs the configuration of a cluster.
  if (reply.code !== 0)
    throw new UserError(
      `Slurm does not answer here (${complaint(reply)}); submit on a machine of a Slurm cluster, or use --launcher local.`,
    );
}

/** Throws UserError where the runs are of a halving. */
export async function refuseHalving(runs: readonly ResolvedRun[]): Promise<void> {
  const { isHalving } = await import("../runner/halving.ts");
  if (isHalving(runs))
    throw new UserError(
      "--launcher slurm: each rung of a halving waits for the one before, which the jobs of an array cannot; do all of it in one job: sbatch --wrap 'flowmeter sweep … --sampler halving -j 8'.",
    );
}

/** Submits a sweep, and with `wait` follows it to its end as if it were done here. */
async function doOnSlurm(
  sweep: Sweep,
  options: SlurmOptions,
  execution: Execution,
  wait: boolean,
): Promise<void> {
  const { force, takeOver, json, reuse } = execution;
  await refuseHalving(sweep.runs);
  const [{ submitSweep }, { followSweep }, { slurmPrograms }, { readResult }] = await Promise.all([
    import("../runner/slurm/submit-sweep.ts"),
    import("../runner/slurm/follow-sweep.ts"),
    import("../runner/slurm/scheduler.ts"),
    import("../runner/store/run-folder.ts"),
  ]);
  const scheduler = slurmPrograms();
  const asked = { options, force, takeOver, reuse, scheduler, say: note };
  const submission = await submitSweep(sweep, asked);
  const { jobs, done, busy } = submission;
  if (done > 0) note(`${done} done before`);
  if (busy > 0) note(`${busy} in the queue or at work already`);
  if (!wait) {
    describeJobs(sweep, jobs, json);
    return;
  }
  for (const job of jobs) note(jobLine(job));
  const submitted = new Set(jobs.flatMap(({ manifest }) => manifest.runs));
  const reused = new Set(
    sweep.runs.flatMap(({ runId }) =>
      !submitted.has(runId) && readResult(`${sweep.folder}/${runId}`) !== undefined ? [runId] : [],
    ),
  );
  const shown = Math.min(sweep.runs.length, 16);
  await doSweep(
    sweep,
    { ...execution, jobs: shown },
    {
      execute: (all, { observer, stop }) =>
        followSweep(all, { observer, stop }, { scheduler, reused }),
      onStop: `not following any more; the jobs go on, and flowmeter cancel ${sweep.folder} ends them`,
    },
  );
}

/**
 * Does a sweep where it was asked for.
 *
 * @param otherwise the launcher if none is asked for
 */
export async function launchSweep(
  sweep: Sweep,
  execution: Execution,
  asked: SlurmArguments & ExecutionArguments,
  otherwise: Launcher = "local",
): Promise<void> {
  const launcher = asked.launcher ?? otherwise;
  const options = slurmOptions(asked, launcher);
  if (launcher === "slurm") return doOnSlurm(sweep, options, execution, asked.wait);
  const { isSubmitted } = await import("../runner/slurm/submission.ts");
  if (!isSubmitted(sweep.folder)) return doSweep(sweep, execution);
  const [{ takeBack }, { slurmPrograms }] = await Promise.all([
    import("../runner/slurm/take-back.ts"),
    import("../runner/slurm/scheduler.ts"),
  ]);
  const { sweep: free, queued } = await takeBack(sweep, slurmPrograms());
  if (queued > 0)
    note(
      `${queued} in Slurm's queue or at work there, left to it; flowmeter cancel ${sweep.folder} takes them out`,
    );
  if (free.runs.length > 0) await doSweep(free, execution);
}
