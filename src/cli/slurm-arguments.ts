import type { Argv } from "yargs";
import { checkSlurmOptions, type SlurmOptions } from "../runner/slurm/options.ts";
import { UserError } from "../runner/user-error.ts";
import type { ExecutionArguments } from "./execution.ts";

/** Where runs are done: on this machine, or as jobs of a cluster's queue. */
export type Launcher = "local" | "slurm";

/** Arguments of commands that may give runs to Slurm. */
export interface SlurmArguments {
  readonly launcher?: Launcher | undefined;
  readonly wait: boolean;
  readonly partition?: string | undefined;
  readonly time?: string | undefined;
  readonly cpus?: number | undefined;
  readonly gpus?: number | undefined;
  readonly mem?: string | undefined;
  readonly account?: string | undefined;
  readonly "array-throttle"?: number | undefined;
  readonly "sbatch-arg"?: string | string[] | undefined;
}

const LAUNCHERS: readonly Launcher[] = ["local", "slurm"];
const GROUP = "Slurm, each for one run:";

/** Adds `--launcher` and what it takes. */
export const withSlurmOptions = <T>(args: Argv<T>) =>
  args
    .option("launcher", { choices: LAUNCHERS, describe: "here, or as jobs of a Slurm cluster" })
    .option("wait", {
      type: "boolean",
      default: false,
      group: GROUP,
      describe: "follow the jobs to their end instead of returning at once",
    })
    .option("partition", { type: "string", group: GROUP, describe: "partition of the cluster" })
    .option("time", { type: "string", group: GROUP, describe: "time limit, 4:00:00 or 1-12" })
    .option("cpus", { type: "number", group: GROUP, describe: "CPUs" })
    .option("gpus", { type: "number", group: GROUP, describe: "GPUs" })
    .option("mem", { type: "string", group: GROUP, describe: "memory, 4G" })
    .option("account", { type: "string", group: GROUP, describe: "who pays" })
    .option("array-throttle", { type: "number", group: GROUP, describe: "runs at a time" })
    .option("sbatch-arg", {
      // Not an array, which would swallow the overrides behind it; yargs makes one of several.
      type: "string",
      group: GROUP,
      describe: "a further argument of sbatch, as --sbatch-arg=--exclusive; may be repeated",
    });

/**
 * What the arguments ask of Slurm.
 *
 * @throws UserError if they ask something although the runs are done here, or what cannot be passed on
 */
export function slurmOptions(
  args: SlurmArguments & Partial<ExecutionArguments>,
  launcher: Launcher,
): SlurmOptions {
  const { retries = 0, timeout, "fail-fast": failFast = false } = args;
  if (launcher === "slurm" && (retries > 0 || timeout !== undefined || failFast))
    throw new UserError(
      "--retries, --timeout and --fail-fast are for --launcher local; Slurm has --time, and flowmeter resume tries again.",
    );
  const { partition, time, cpus, gpus, mem, account } = args;
  const throttle = args["array-throttle"];
  const more = args["sbatch-arg"];
  const options = {
    ...{ partition, time, cpus, gpus, mem, account, throttle },
    sbatchArgs: more === undefined ? undefined : [more].flat(),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (launcher === "local" && (given.length > 0 || args.wait))
    throw new UserError(
      "--wait, --partition, --time, --cpus, --gpus, --mem, --account, --array-throttle and --sbatch-arg are for --launcher slurm; add it, or leave them out.",
    );
  const asked: SlurmOptions = Object.fromEntries(given);
  checkSlurmOptions(asked);
  return asked;
}
