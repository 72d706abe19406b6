/** A job of Slurm, at one of its starts. */
export interface OwningJob {
  /** `12`, or `12_3` for a place in an array. */
  readonly id: string;
  /** How often it was started again. */
  readonly restarts: number;
}

/** Of the whole array, if the job is a place in one. */
export const jobNumber = ({ id }: OwningJob): string => id.split("_")[0] ?? id;

/** The job of a process with this environment. SLURM_RESTART_COUNT is not there on the first start. */
export function jobIn(env: NodeJS.ProcessEnv): OwningJob | undefined {
  const array = env["SLURM_ARRAY_JOB_ID"];
  const id =
    array === undefined ? env["SLURM_JOB_ID"] : `${array}_${env["SLURM_ARRAY_TASK_ID"] ?? ""}`;
  return id === undefined ? undefined : { id, restarts: Number(env["SLURM_RESTART_COUNT"] ?? 0) };
}
