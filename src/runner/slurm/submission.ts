import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder, writeJson } from "../store/atomic-write.ts";
import { thisProcess, type Owner } from "../store/owner.ts";
import { readJson } from "../store/read-json.ts";
import type { Sweep } from "../store/sweep-folder.ts";
import { StoreError, UserError } from "../user-error.ts";
import type { SlurmOptions } from "./options.ts";
import { writeOnce } from "./write-once.ts";

/** The intent to submit one array of jobs, written before sbatch is called and never changed. */
export interface Manifest {
  /** Name of the job. Unique, so that the job is found even if sbatch did not live to say its number. */
  readonly token: string;
  readonly created: string;
  /** Who submits. */
  readonly owner: Owner;
  readonly options: SlurmOptions;
  /** runId of each place in the array. */
  readonly runs: readonly string[];
}

/** What became of it, decided once: by whoever submitted, or by the first job that started. */
export type Fate =
  | { readonly job: string; readonly cluster?: string }
  /** No job was found; should one start nevertheless, it ends at once. */
  | { readonly abandoned: string };

/** One array of jobs of a sweep: the folder `slurm/0001` of the sweep's, and so on. */
export interface Submission {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Undefined while sbatch is at work, or if it was cut off. */
  readonly fate: Fate | undefined;
  readonly cancelled: boolean;
}

/** A submission whose job is known. */
export interface Submitted extends Submission {
  readonly fate: Extract<Fate, { readonly job: string }>;
}

export const hasJob = (submission: Submission): submission is Submitted =>
  submission.fate !== undefined && "job" in submission.fate;

const slurmFolder = (sweepFolder: string): string => join(sweepFolder, "slurm");

/** Whether a sweep was ever given to Slurm. */
export const isSubmitted = (sweepFolder: string): boolean => existsSync(slurmFolder(sweepFolder));

/** Reads one submission; throws UserError if the folder holds none. */
export function readSubmission(folder: string): Submission {
  const path = join(folder, "manifest.json");
  if (!existsSync(path))
    throw new UserError(
      `${folder} is not the folder of an array of jobs: it has no manifest.json.`,
    );
  const fate = join(folder, "job.json");
  return {
    folder,
    manifest: readJson(path) as Manifest,
    fate: existsSync(fate) ? (readJson(fate) as Fate) : undefined,
    cancelled: existsSync(join(folder, "cancelled.json")),
  };
}

/** All arrays of jobs of a sweep, the oldest first. */
export function readSubmissions(sweepFolder: string): readonly Submission[] {
  const folder = slurmFolder(sweepFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => readSubmission(join(folder, name)));
}

/**
 * Writes the intent to submit: a folder that is complete from its first moment, and whose name only one process can have.
 *
 * @param number of the submission, one more than those that were there when the runs were chosen
 * @throws StoreError if another process has submitted since
 */
export function createSubmission(
  sweep: Sweep,
  number: number,
  { runs, options }: Pick<Manifest, "runs" | "options">,
): Submission {
  const parent = slurmFolder(sweep.folder);
  const folder = join(parent, String(number).padStart(4, "0"));
  const random = randomUUID().slice(0, 8);
  const manifest: Manifest = {
    token: `flowmeter-${sweep.spec.hash}-${random}`,
    created: new Date().toISOString(),
    owner: thisProcess(),
    options,
    runs,
  };
  const building = join(parent, `.${random}.tmp`);
  // The jobs' own output goes to log; without the folder a job ends at once and says nothing.
  mkdirSync(join(building, "log"), { recursive: true });
  writeJson(join(building, "manifest.json"), manifest);
  try {
    // Onto a folder that is not empty it fails.
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    throw new StoreError(
      `${sweep.folder} was submitted by another process at this moment; see flowmeter status ${sweep.folder}`,
    );
  }
  syncFolder(parent);
  return { folder, manifest, fate: undefined, cancelled: false };
}

/** Says what became of a submission, unless that is known already; gives back what holds. */
export const decide = (submission: Submission, fate: Fate): Submission => ({
  ...submission,
  fate: writeOnce(join(submission.folder, "job.json"), fate),
});

export const markCancelled = ({ folder }: Submission): void => {
  writeJson(join(folder, "cancelled.json"), { time: new Date().toISOString() });
};
