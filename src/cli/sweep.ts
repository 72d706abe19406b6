import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { messageOf } from "../runner/user-error.ts";
import {
  assertReady,
  configure,
  withSweepOptions,
  type ConfigurationArguments,
} from "./configuration.ts";
import { note, outliveStdout, print } from "./output.ts";
import {
  executionOf,
  withExecution,
  type Execution,
  type ExecutionArguments,
} from "./execution.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";
import { settled, together } from "./together.ts";

interface SweepArguments extends ConfigurationArguments, ExecutionArguments, SlurmArguments {
  readonly out?: string | undefined;
  readonly "dry-run": boolean;
}

/** Of a halving as many runs as will be done, with the first configurations for those that will be chosen. */
async function withoutUnlikely(runs: readonly ResolvedRun[]): Promise<readonly ResolvedRun[]> {
  const { likelyRuns, verdicts } = await import("../runner/halving.ts");
  const unknown = verdicts(runs, () => undefined);
  return likelyRuns(runs, unknown);
}

/** The runs that a sweep will find done: in its folder, or in those of other sweeps that it may take over. */
async function finishedRuns(
  runs: readonly ResolvedRun[],
  folder: string,
  { force, reuse }: Pick<Execution, "force" | "reuse">,
): Promise<ReadonlySet<ResolvedRun>> {
  const [{ stateOf }, { findReusable }] = await Promise.all([
    import("../runner/store/run-folder.ts"),
    import("../runner/take-over.ts"),
  ]);
  const isDone = (run: ResolvedRun): boolean => {
    const own = join(folder, run.runId);
    // One that was damaged is not done: the sweep keeps it aside and does the run again.
    return existsSync(own)
      ? stateOf(own) === "done"
      : findReusable(run, reuse, process.cwd()) !== undefined;
  };
  return new Set(force ? [] : runs.filter(isDone));
}

/** The time that the runs that are left will take, by those that stand in the sweep's folder, in runs/ or in those reused. */
async function estimate(
  runs: readonly ResolvedRun[],
  folder: string,
  {
    done,
    reuse,
    jobs,
    how,
  }: Pick<Execution, "jobs" | "reuse"> & {
    readonly done: ReadonlySet<ResolvedRun>;
    readonly how: string;
  },
): Promise<string> {
  const [{ readRecords }, { estimateTime }] = await Promise.all([
    import("../report/read-records.ts"),
    import("./estimate-time.ts"),
  ]);
  const left = runs.filter((run) => !done.has(run));
  const ready = runs.length - left.length;
  if (left.length === 0) return `all ${ready} are done already, nothing is left to do`;
  const folders = [...new Set([folder, "runs", ...reuse])].filter((path) => existsSync(path));
  const where = folders.join(" and ") || "runs";
  try {
    const time = estimateTime(left, readRecords(folders).records, { jobs, how, where });
    return ready > 0 ? `${ready} are done already; the others: ${time}` : time;
  } catch (error) {
    return `no estimate of the time: ${messageOf(error)}`;
  }
}

/** How many runs there will be at a time, and that in words. */
function concurrency(
  count: number,
  { jobs }: Execution,
  { launcher, "array-throttle": throttle }: SlurmArguments,
): { readonly jobs: number; readonly how: string } {
  if (launcher !== "slurm") return { jobs, how: `-j ${jobs}` };
  return throttle === undefined
    ? { jobs: Math.max(1, count), how: "all jobs at once, beside their wait in the queue" }
    : { jobs: throttle, how: `--array-throttle ${throttle}, beside their wait in the queue` };
}

/** The list of runs with what there is to do; of a halving the rungs, and the runs of the first. */
async function describePlan(
  runs: readonly ResolvedRun[],
  { folder, time }: { readonly folder: string; readonly time: string },
): Promise<string> {
  const { describeRungs } = await import("./describe-halving.ts");
  const rungs = await describeRungs(runs);
  const likely = await withoutUnlikely(runs);
  const steps = likely.map(({ config }) =>
    config.training["epochs"] === null ? Number(config.training["steps"]) : NaN,
  );
  const total = steps.reduce((sum, n) => sum + n, 0);
  return [
    ...runs.filter(({ rung }) => (rung?.at ?? 0) === 0).map((run) => run.runId),
    "",
    ...rungs,
    `${likely.length} runs into ${folder}${Number.isFinite(total) ? `, at most ${total} training steps in all` : ""}`,
    time,
  ].join("\n");
}

export const sweepCommand: CommandModule<unknown, SweepArguments> = {
  command: "sweep [overrides..]",
  describe: "Do many runs: every combination of values a,b and of seeds",
  builder: (args) =>
    withSlurmOptions(withExecution(withSweepOptions(args)))
      .option("out", { type: "string", describe: "the sweep's folder (default runs/NAME-HASH)" })
      .option("dry-run", { type: "boolean", default: false, describe: "only list the runs" })
      .example(
        "$0 sweep family=real-nvp data=pinwheel family.layers=zip(4,8) family.hidden=zip([128],[64])",
        "",
      )
      .example(
        "$0 sweep family=real-nvp data=pinwheel training.learningRate=log(1e-4,1e-2) --sampler sobol",
        "",
      )
      .example(
        "$0 sweep family=real-nvp data=pinwheel family.layers=4,8,16 training.learningRate=1e-3,3e-3,1e-2 --sampler halving --seeds 2",
        "",
      )
      .example("$0 sweep experiment=toy-2d family=real-nvp,gaussian --seeds 5 -j 2", ""),
  async handler({ out, "dry-run": dryRun, ...asked }) {
    const isSlurm = asked.launcher === "slurm";
    const { execution, configured } = together({
      execution: await settled(() => executionOf(asked)),
      slurm: await settled(() => slurmOptions(asked, asked.launcher ?? "local")),
      configured: await settled(() => configure(asked)),
    });
    const { runs, name, catalogue } = configured;
    const { assertSlurm, launchSweep, refuseHalving } = await import("./launch.ts");
    if (isSlurm) await refuseHalving(runs);
    const { createSweep, supervisorWriter, sweepFolderName } =
      await import("../runner/store/sweep-folder.ts");
    // With the slash that completion of a shell adds it is another text for the same folder.
    const folder = out === undefined ? sweepFolderName(name, runs) : out.replace(/(?<=.)\/+$/, "");
    const done = await finishedRuns(runs, folder, execution);
    // What is done needs no data any more.
    const left = runs.filter((run) => !done.has(run));
    await assertReady(left, catalogue, { elsewhere: isSlurm });
    if (dryRun) {
      const likely = await withoutUnlikely(runs);
      const { reuse } = execution;
      const at = concurrency(likely.length - done.size, execution, asked);
      const time = await estimate(likely, folder, { ...at, done, reuse });
      if (execution.json) {
        for (const run of runs) print(JSON.stringify(run));
        note(time);
      } else print(await describePlan(runs, { folder, time }));
      return;
    }
    // Before any folder is made.
    if (isSlurm) await assertSlurm();
    outliveStdout();
    // Who follows its logs from the first moment must see that somebody works on it.
    const fill = (building: string): void => {
      if (!isSlurm) supervisorWriter(building);
    };
    await launchSweep(createSweep(folder, name, runs, { fill }), execution, asked);
  },
};
