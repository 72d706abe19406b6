import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assertDataFiles } from "../data-state.ts";
import { takeOverFinished } from "../take-over.ts";
import { clearRun } from "../store/clear-run.ts";
import { stateOf } from "../store/run-folder.ts";
import { setDamagedAside } from "../store/damaged-result.ts";
import { breakClaim } from "../store/last-attempt.ts";
import { takeOverClaim } from "../store/take-over-claim.ts";
import { eventWriter, type Sweep } from "../store/sweep-folder.ts";
import { arrayLimit } from "./array-limit.ts";
import { settle } from "./find-job.ts";
import { checkSlurmOptions, type SlurmOptions } from "./options.ts";
import { SchedulerError, type Scheduler } from "./scheduler.ts";
import { breakStaleClaims } from "./stale-claims.ts";
import { submitArray, workingFolder } from "./submit-array.ts";
import { createSubmission, hasJob, readSubmissions, type Submitted } from "./submission.ts";
import { settledViews } from "./watch.ts";

/** What submitting a sweep came to. */
export interface SweepSubmission {
  /** Arrays of jobs, one unless Slurm's limit is lower than the number of runs. */
  readonly jobs: readonly Submitted[];
  /** Runs that were left alone: done already. */
  readonly done: number;
  /** Runs that were left alone: in the queue, or somebody works on them. */
  readonly busy: number;
}

export interface SubmitRequest {
  /** Replace those of the last submission one by one. */
  readonly options: SlurmOptions;
  /** Also runs that are done, from the beginning. */
  readonly force: boolean;
  /** Claims of which neither this machine nor Slurm knows whether somebody still works on the run are broken. */
  readonly takeOver?: boolean;
  /** Folders of other sweeps whose finished runs may be taken over. */
  readonly reuse?: readonly string[];
  readonly scheduler: Scheduler;
  /** Told what the user should know. */
  readonly say?: (text: string) => void;
}

/** The options of the last submission that became a job: those that Slurm refused are nothing to go on with. */
const recordedOptions = (sweepFolder: string): SlurmOptions =>
  readSubmissions(sweepFolder).filter(hasJob).at(-1)?.manifest.options ?? {};

/** Slurm took no job although it answered; a second name makes sure that the first job, should it come, does nothing. */
const TRIES = 2;

interface Chunk {
  readonly runs: readonly string[];
  readonly options: SlurmOptions;
}

/** Submits one array; its number in the folder goes up with each try. */
async function submitChunk(
  sweep: Sweep,
  chunk: Chunk,
  {
    number,
    force,
    scheduler,
    after,
  }: Pick<SubmitRequest, "force" | "scheduler"> & {
    readonly number: () => number;
    readonly after: string | undefined;
  },
): Promise<Submitted> {
  const event = eventWriter(sweep.folder);
  let reason = "";
  for (let tried = 0; tried < TRIES; tried += 1) {
    const intent = createSubmission(sweep, number(), chunk);
    const { token } = intent.manifest;
    event({ event: "submit", token, runs: chunk.runs.length, options: chunk.options });
    // An earlier failure, or a result that is not wanted, must not be taken for the end of this try.
    for (const runId of chunk.runs) {
      const folder = join(sweep.folder, runId);
      if (force) breakClaim(folder, "taken over with --force");
      clearRun(folder, force);
    }
    const submission = await submitArray(sweep, intent, scheduler, after);
    event({ event: "submitted", token, ...submission.fate });
    if (hasJob(submission)) return submission;
    if (submission.fate !== undefined && "abandoned" in submission.fate)
      reason = submission.fate.abandoned;
  }
  throw new SchedulerError(
    `Slurm did not take the jobs (${reason}); try again later with flowmeter resume ${sweep.folder}`,
  );
}

const chunked = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );

/**
 * Gives the runs of a sweep that are not done, and that nobody works on or has queued, to Slurm.
 *
 * @throws UserError about options, or a run that would be used again but belongs to other data; nothing is submitted then
 * @throws SchedulerError if Slurm refuses or does not answer; StoreError if another process submits
 */
export async function submitSweep(sweep: Sweep, request: SubmitRequest): Promise<SweepSubmission> {
  const { options: given, force, takeOver = false, reuse = [], scheduler } = request;
  const { say = () => undefined } = request;
  const options = { ...recordedOptions(sweep.folder), ...given };
  checkSlurmOptions(options);
  const folders = sweep.runs.map(({ runId }) => join(sweep.folder, runId));
  for (const folder of folders) {
    const damage = setDamagedAside(folder);
    if (damage !== undefined) say(damage);
  }
  const cwd = workingFolder(sweep);
  takeOverFinished(sweep.folder, sweep.runs, {
    ...{ from: reuse, cwd, onNote: say },
    onTaken: (run, from) => {
      eventWriter(sweep.folder)({ event: "reuse", run: run.runId, from });
    },
  });
  if (!force) assertDataFiles(folders, cwd);
  const limit = await arrayLimit(scheduler);
  mkdirSync(join(sweep.folder, "slurm"), { recursive: true });
  const before = readSubmissions(sweep.folder);
  for (const submission of before) await settle(submission, scheduler);
  const views = await settledViews(sweep, scheduler);
  const free = views.filter(({ queued }) => !queued);
  await breakStaleClaims(
    free.map(({ folder }) => folder),
    scheduler,
  );
  for (const { folder } of takeOver ? free : []) {
    const taken = takeOverClaim(folder);
    if (taken !== undefined) say(taken);
  }
  const done = force ? [] : free.filter(({ state }) => state === "done");
  const todo = free.filter(
    (view) => !done.includes(view) && (force || stateOf(view.folder) !== "running"),
  );
  const jobs: Submitted[] = [];
  let last = before.length;
  for (const part of chunked(todo, limit)) {
    const chunk = { runs: part.map(({ run }) => run.runId), options };
    const after = jobs.at(-1)?.fate.job;
    const number = (): number => (last += 1);
    jobs.push(await submitChunk(sweep, chunk, { number, force, scheduler, after }));
  }
  return { jobs, done: done.length, busy: views.length - done.length - todo.length };
}
