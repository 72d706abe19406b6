import { UserError } from "../user-error.ts";

/** What to ask Slurm for, for each run; what is left out is as the cluster has it. */
export interface SlurmOptions {
  readonly partition?: string;
  /** Time limit of a run, as `30`, `4:00:00` or `1-12`. */
  readonly time?: string;
  readonly cpus?: number;
  readonly gpus?: number;
  /** Memory, as `4G`. */
  readonly mem?: string;
  readonly account?: string;
  /** Runs at a time. */
  readonly throttle?: number;
  /** Further arguments of sbatch, as they are. */
  readonly sbatchArgs?: readonly string[];
}

/** Arguments by which the runs are found again, or which would end sbatch in another way. */
const OURS =
  /^(-[aDJWo]|--(array|chdir|job-name|parsable|quiet|test-only|wait|wrap|output|open-mode|signal)(=|$))/;

/** @throws UserError about an argument that cannot be passed on */
export function checkSlurmOptions({ cpus, gpus, throttle, sbatchArgs = [] }: SlurmOptions): void {
  const counts = { cpus, gpus, "array-throttle": throttle };
  for (const [name, value] of Object.entries(counts))
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      throw new UserError(`--${name} ${value}: expected a whole number of at least 1.`);
  for (const arg of sbatchArgs) {
    if (!arg.startsWith("-"))
      throw new UserError(
        `--sbatch-arg ${arg}: expected one argument of sbatch, as --sbatch-arg=--exclusive.`,
      );
    if (OURS.test(arg))
      throw new UserError(`--sbatch-arg=${arg}: Flowmeter sets this one itself; leave it out.`);
  }
}

/** The part of sbatch's arguments that the user chose; the free ones come last, since the last of two counts. */
export const sbatchOptions = (options: SlurmOptions): readonly string[] => {
  const { partition, time, cpus, gpus, mem, account, sbatchArgs = [] } = options;
  const named = { partition, time, "cpus-per-task": cpus, gpus, mem, account };
  return [
    ...Object.entries(named).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}=${value}`],
    ),
    ...sbatchArgs,
  ];
};

/** The cluster that the user chose among several, so that questions go there as well. */
export const clusterOf = ({ sbatchArgs = [] }: SlurmOptions): string | undefined =>
  sbatchArgs.flatMap((arg) => /^(?:-M|--clusters?=)\s*(\S+)$/.exec(arg)?.[1] ?? []).at(-1);
