import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandModule } from "yargs";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { messageOf } from "../runner/user-error.ts";
import { configure, withSweepOptions, type ConfigurationArguments } from "./configuration.ts";
import { note, outliveStdout, print } from "./output.ts";
import { executionOf, withExecution, type ExecutionArguments } from "./execution.ts";
import { launchSweep, refuseHalving } from "./launch.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";

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

/** The time that runs will take by those that stand in the sweep's folder or in runs/. */
async function estimate(
  runs: readonly ResolvedRun[],
  folder: string,
  jobs: number,
): Promise<string> {
  const [{ readRecords }, { estimateTime }] = await Promise.all([
    import("../report/read-records.ts"),
    import("./estimate-time.ts"),
  ]);
  const folders = [...new Set([folder, "runs"])].filter((path) => existsSync(path));
  try {
    const { records, folders: found } = readRecords(folders);
    const done = new Set(
      found.filter((path, i) => dirname(path) === folder && records[i]?.status === "done"),
    );
    const left = runs.filter(({ runId }) => !done.has(join(folder, runId)));
    const reused = runs.length - left.length;
    const where = folders.join(" and ") || "runs";
    const time = estimateTime(left, records, { jobs, where });
    return reused > 0 ? `${reused} are done already; the others: ${time}` : time;
  } catch (error) {
    return `no estimate of the time: ${messageOf(error)}`;
  }
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
    const execution = executionOf(asked);
    // Before any folder is made.
    slurmOptions(asked, asked.launcher ?? "local");
    const { runs, name } = await configure(asked);
    if (asked.launcher === "slurm") await refuseHalving(runs);
    const { createSweep, supervisorWriter, sweepFolderName } =
      await import("../runner/store/sweep-folder.ts");
    const folder = out ?? sweepFolderName(name, runs);
    if (dryRun) {
      const time = await estimate(await withoutUnlikely(runs), folder, execution.jobs);
      if (execution.json) {
        for (const run of runs) print(JSON.stringify(run));
        note(time);
      } else print(await describePlan(runs, { folder, time }));
      return;
    }
    outliveStdout();
    // Who follows its logs from the first moment must see that somebody works on it.
    const fill = (building: string): void => {
      if (asked.launcher !== "slurm") supervisorWriter(building);
    };
    await launchSweep(createSweep(folder, name, runs, { fill }), execution, asked);
  },
};
