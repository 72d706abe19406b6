import { existsSync } from "node:fs";
import type { Argv } from "yargs";
import { messageOf, UserError } from "../runner/user-error.ts";
import { parseDuration } from "./duration.ts";

/** Arguments of the commands that do many runs; none of them is a part of what the runs are. */
export interface ExecutionArguments {
  readonly jobs: number;
  readonly force: boolean;
  readonly "take-over": boolean;
  readonly retries: number;
  readonly timeout: string | undefined;
  readonly grace: string;
  readonly "fail-fast": boolean;
  readonly reuse: string[];
  readonly json: boolean;
}

/** How a sweep is done. */
export interface Execution {
  readonly jobs: number;
  readonly force: boolean;
  readonly takeOver: boolean;
  readonly retries: number;
  /** Seconds. */
  readonly timeout?: number;
  /** Seconds. */
  readonly grace: number;
  readonly failFast: boolean;
  /** Folders of other sweeps. */
  readonly reuse: readonly string[];
  readonly json: boolean;
}

/** For the claims that nobody can judge from here; the word of the user is then what breaks them. */
export const TAKE_OVER = {
  type: "boolean",
  default: false,
  describe: "go on with runs whose process may have ended, which cannot be known from here",
} as const;

export const withExecution = <T>(args: Argv<T>) =>
  args
    .option("jobs", { alias: "j", type: "number", default: 1, describe: "runs at a time" })
    .option("force", { type: "boolean", default: false, describe: "again, also what is done" })
    .option("take-over", TAKE_OVER)
    .option("retries", {
      type: "number",
      default: 0,
      describe: "how often a run that failed is tried again",
    })
    .option("timeout", {
      type: "string",
      requiresArg: true,
      describe: "of a run: 90s, 10m, 2h; it stops with a checkpoint, and counts as failed",
    })
    .option("grace", {
      type: "string",
      requiresArg: true,
      default: "30s",
      describe: "after which a run that does not stop in time is killed",
    })
    .option("fail-fast", {
      type: "boolean",
      default: false,
      describe: "stop at the first run that fails or diverges",
    })
    .option("reuse", {
      type: "string",
      array: true,
      // Not all the words that follow: overrides do.
      nargs: 1,
      default: [] as string[],
      describe: "take over finished runs of this other sweep; may be given again",
    })
    .option("json", { type: "boolean", default: false, describe: "a record per line" });

/** Throws UserError for numbers, times and folders that cannot be, all of them at once. */
export function executionOf(args: ExecutionArguments): Execution {
  const { jobs, force, retries, timeout, grace, "fail-fast": failFast, reuse, json } = args;
  const takeOver = args["take-over"];
  const problems: string[] = [];
  if (!Number.isInteger(jobs) || jobs < 1)
    problems.push(
      `-j ${jobs}: expected how many runs to do at a time, a whole number of at least 1; give -j 2, or leave it out for 1.`,
    );
  if (!Number.isInteger(retries) || retries < 0)
    problems.push(
      `--retries ${retries}: expected how often a run that failed is tried again, a whole number from 0; give --retries 2.`,
    );
  for (const folder of reuse)
    if (!existsSync(folder))
      problems.push(`--reuse ${folder}: there is no such folder; give that of a sweep.`);
  const seconds = (option: string, text: string): number => {
    try {
      return parseDuration(option, text);
    } catch (error) {
      problems.push(messageOf(error));
      return NaN;
    }
  };
  const execution = {
    ...{ jobs, force, takeOver, retries, failFast, reuse, json },
    ...(timeout !== undefined && { timeout: seconds("timeout", timeout) }),
    grace: seconds("grace", grace),
  };
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return execution;
}
