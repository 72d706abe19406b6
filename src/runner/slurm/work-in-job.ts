import { dirname, join } from "node:path";
import type { RunRecord } from "../../record.ts";
import type { ResolvedRun } from "../config/resolve.ts";
import { checkpointStep } from "../checkpoints.ts";
import { PREEMPTED } from "../preempted.ts";
import { jobIn, jobNumber, type OwningJob } from "../store/owning-job.ts";
import { createRunFolder, FILES, stateOf } from "../store/run-folder.ts";
import { eventWriter, readSweep, type Sweep } from "../store/sweep-folder.ts";
import { Interrupted, messageOf, StoreError, UserError } from "../user-error.ts";
import { requeueIfRunningOut } from "./requeue.ts";
import { slurmPrograms, type Scheduler } from "./scheduler.ts";
import { breakStaleClaims } from "./stale-claims.ts";
import { decide, hasJob, readSubmission } from "./submission.ts";

/**
 * Asks the run to stop when Slurm warns (USR2) or ends the job (TERM). SIGCONT, which Slurm sends before TERM, does nothing
 * to a process that is not halted.
 */
function listen(): AbortSignal {
  const stop = new AbortController();
  process.on("SIGUSR2", () => {
    stop.abort(PREEMPTED);
  });
  process.on("SIGTERM", () => {
    stop.abort();
  });
  return stop.signal;
}

/** The job of this process, with its place in the array. */
function thisJob(): OwningJob & { readonly index: number } {
  const job = jobIn(process.env);
  const [, index] = /_(\d+)$/.exec(job?.id ?? "") ?? [];
  if (job === undefined || index === undefined)
    throw new UserError("worker --slurm works only as a job of an array that sbatch submitted.");
  return { ...job, index: Number(index) };
}

async function perform(
  folder: string,
  signal: AbortSignal,
  onClaim: () => void,
): Promise<RunRecord> {
  // Late, since TensorFlow.js takes a second to load and signals must be heard before.
  const [{ runInFolder }, { assertUnchanged, storedCatalogue }, { readStoredRun }] =
    await Promise.all([
      import("../run-in-folder.ts"),
      import("../stored-catalogue.ts"),
      import("../store/run-folder.ts"),
    ]);
  const stored = readStoredRun(folder);
  const catalogue = await storedCatalogue(stored);
  assertUnchanged(stored, catalogue);
  return runInFolder({ folder, catalogue, signal, onClaim });
}

/** A run that threw is a result as well; here is no supervisor that would write it. */
async function keepError(run: ResolvedRun, folder: string, error: unknown): Promise<void> {
  if (stateOf(folder) === "running") return;
  const { keepFailure } = await import("../keep-failure.ts");
  const [reason = ""] = messageOf(error).split("\n");
  keepFailure(folder, run, reason);
}

/** The run at this job's place, or undefined if another job was found to be the one of this submission. */
function assignment(
  folder: string,
  job: ReturnType<typeof thisJob>,
): { readonly sweep: Sweep; readonly run: ResolvedRun } | undefined {
  const number = jobNumber(job);
  const submission = decide(readSubmission(folder), { job: number });
  if (!hasJob(submission) || submission.fate.job !== number) return undefined;
  const sweep = readSweep(dirname(dirname(folder)));
  const runId = submission.manifest.runs[job.index];
  const run = sweep.runs.find((candidate) => candidate.runId === runId);
  if (run === undefined)
    throw new UserError(`${folder}/manifest.json names no run of the sweep at ${job.index}.`);
  return { sweep, run };
}

/**
 * The body of a job: the run at its place in the array, or the rest of it. Where the scheduler is about to end the job, it
 * is put back into the queue after a checkpoint, as long as each start gets further than the last.
 *
 * @param folder of the submission
 * @returns the record; undefined if the job has nothing to do
 * @throws Interrupted after a checkpoint; StoreError if another process works on the run; what the run threw
 */
export async function workInJob(
  folder: string,
  scheduler: Scheduler = slurmPrograms(),
): Promise<RunRecord | undefined> {
  const signal = listen();
  const job = thisJob();
  const assigned = assignment(folder, job);
  if (assigned === undefined) return undefined;
  const { sweep, run } = assigned;
  const event = eventWriter(sweep.folder);
  const runFolder = join(sweep.folder, run.runId);
  createRunFolder(runFolder, run, { ...sweep.spec, cwd: process.cwd() });
  await breakStaleClaims([runFolder], scheduler, job);
  const checkpoints = join(runFolder, FILES.checkpoint);
  const before = checkpointStep(checkpoints) ?? 0;
  try {
    const record = await perform(runFolder, signal, () => {
      event({ event: "start", run: run.runId, job: job.id });
    });
    event({ event: "end", run: run.runId, job: job.id, outcome: record.status });
    return record;
  } catch (error) {
    const stopped = error instanceof Interrupted;
    if (!stopped && !(error instanceof StoreError)) await keepError(run, runFolder, error);
    const again =
      stopped &&
      (checkpointStep(checkpoints) ?? 0) > before &&
      (await requeueIfRunningOut(job.id, scheduler));
    event({
      event: "end",
      run: run.runId,
      job: job.id,
      outcome: stopped ? (again ? "requeued" : "stopped") : "failed",
      reason: messageOf(error),
    });
    throw error;
  }
}
