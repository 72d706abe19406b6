import { hasJob, type Submission } from "./submission.ts";

/** Where a run was submitted last. */
export interface Place {
  readonly submission: Submission;
  readonly index: number;
}

/** The place of each run that was submitted, by runId. An abandoned submission counts for nothing. */
export function placesOf(submissions: readonly Submission[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const submission of submissions)
    if (submission.fate === undefined || hasJob(submission))
      submission.manifest.runs.forEach((runId, index) => places.set(runId, { submission, index }));
  return places;
}

/** `12_3`; undefined while the job is not known. */
export const jobIdOf = ({ submission, index }: Place): string | undefined =>
  hasJob(submission) ? `${submission.fate.job}_${index}` : undefined;
