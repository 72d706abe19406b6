import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasJob, readSubmissions } from "./slurm/submission.ts";
import { writeJson } from "./store/atomic-write.ts";
import { ATTEMPT_FILES, openAttempt } from "./store/attempts.ts";
import type { Located } from "./store/locate.ts";
import { fateOf, isSurelyAlive, placeOf, thisProcess, type Owner } from "./store/owner.ts";
import { jobNumber } from "./store/owning-job.ts";
import { readJson } from "./store/read-json.ts";
import { StoreError } from "./user-error.ts";
import { supervises, supervisorsOf } from "./store/supervisors.ts";

/** A process that works on a sweep or a run. */
export interface Worker {
  readonly owner: Owner;
  /** What it does: the sweep, or a run of this name. */
  readonly does: "the sweep" | { readonly run: string };
  /** The file that says that it was asked to stop. */
  readonly asked: string;
  /** Why it cannot be known whether it works. */
  readonly why?: string;
}

export interface AtWork {
  /** Processes of this machine that are surely those that claimed their folders; those that start others come first. */
  readonly here: readonly Worker[];
  /** Processes of which that cannot be known, as of other machines. */
  readonly elsewhere: readonly Worker[];
  /** Runs whose claim was damaged, with what is wrong: who works on them, if anybody, is not known. */
  readonly unreadable: readonly { readonly run: string; readonly reason: string }[];
}

/** The newest attempt at a run and its claimant, or what is wrong with the claim. */
function claimOn(folder: string): ReturnType<typeof openAttempt> | StoreError {
  try {
    return openAttempt(folder);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** Numbers of the jobs that a sweep was given to. */
const jobsOf = (folder: string): ReadonlySet<string> =>
  new Set(readSubmissions(folder).flatMap((s) => (hasJob(s) ? [s.fate.job] : [])));

/**
 * Who works on a sweep or a run, but for the jobs that the sweep was given to, which only Slurm ends. A claim counts only in the folder that it was made in: of a copy of a folder, the processes
 * work in the original.
 */
export function atWork({ folder, places, sweep }: Located): AtWork {
  const here: Worker[] = [];
  const elsewhere: Worker[] = [];
  const unreadable: { run: string; reason: string }[] = [];
  const jobs = sweep === undefined ? new Set() : jobsOf(folder);
  if (sweep !== undefined)
    for (const supervisor of supervisorsOf(folder)) {
      const { owner, file } = supervisor;
      // One of another machine is told of by its runs; whether it has ended itself, its events do not say.
      if (supervises(supervisor, folder) && owner.pid !== process.pid)
        here.push({ owner, does: "the sweep", asked: join(folder, "events", `${file}.stop`) });
    }
  for (const place of places) {
    if (existsSync(join(place.folder, "result.json"))) continue;
    const open = claimOn(place.folder);
    if (open instanceof StoreError) unreadable.push({ run: place.runId, reason: open.message });
    if (open === undefined || open instanceof StoreError) continue;
    const { owner, name } = open;
    const fate = fateOf(owner);
    if (fate.state === "gone") continue;
    if (owner.job !== undefined && jobs.has(jobNumber(owner.job))) continue;
    const attempt = join(place.folder, name);
    const worker: Worker = {
      ...{ owner, does: { run: place.runId } },
      asked: join(attempt, ATTEMPT_FILES.stop),
    };
    const isOriginal = owner.place === undefined || owner.place === placeOf(attempt);
    if (fate.state === "unknown") elsewhere.push({ ...worker, why: fate.why });
    else if (isOriginal && owner.pid !== process.pid) here.push(worker);
  }
  return { here, elsewhere, unreadable };
}

/** What became of the wish that a process stop. */
export type Outcome = "asked" | "asked before" | "killed" | "had ended" | "not permitted";

/** When a process was asked to stop; undefined where it was not. */
export const askedAt = ({ asked }: Worker): string | undefined =>
  existsSync(asked) ? (readJson(asked) as { readonly time: string }).time : undefined;

/**
 * Asks a process to stop after a checkpoint, or kills it. It is asked once only, since a second signal would end it at once.
 *
 * A process that does a sweep must come before those that it started: it would take the end of a run that it did not ask for
 * as a failure, or start the next one.
 */
export function stopWorker(worker: Worker, { kill }: { readonly kill: boolean }): Outcome {
  if (!isSurelyAlive(worker.owner)) return "had ended";
  if (!kill && existsSync(worker.asked)) return "asked before";
  try {
    process.kill(worker.owner.pid, kill ? "SIGKILL" : "SIGTERM");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return "had ended";
    if (code === "EPERM") return "not permitted";
    throw error;
  }
  if (kill) return "killed";
  writeJson(worker.asked, { time: new Date().toISOString(), by: thisProcess() });
  return "asked";
}
