import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandModule } from "yargs";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { messageOf } from "../runner/user-error.ts";
import { configure, withSweepOptions, type ConfigurationArguments } from "./configuration.ts";
import { note, print } from "./output.ts";
import { executionOf, withExecution, type ExecutionArguments } from "./execution.ts";
import { launchSweep } from "./launch.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";

interface SweepArguments extends ConfigurationArguments, ExecutionArguments, SlurmArguments {
  readonly out?: string | undefined;
  readonly "dry-run": boolean;
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

/** The list of runs with what there is to do. */
function describePlan(runs: readonly ResolvedRun[], folder: string, time: string): string {
  const steps = runs.map(({ config }) =>
    config.training["epochs"] === null ? Number(config.training["steps"]) : NaN,
  );
  const total = steps.reduce((sum, n) => sum + n, 0);
  return [
    ...runs.map((run) => run.runId),
    "",
    `${runs.length} runs into ${folder}${Number.isFinite(total) ? `, at most ${total} training steps in all` : ""}`,
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
      .example("$0 sweep experiment=toy-2d family=real-nvp,gaussian --seeds 5 -j 2", ""),
  async handler({ out, "dry-run": dryRun, ...asked }) {
    const execution = executionOf(asked);
    // Before any folder is made.
    slurmOptions(asked, asked.launcher ?? "local");
    const { runs, name } = await configure(asked);
    const { createSweep, sweepFolderName } = await import("../runner/store/sweep-folder.ts");
    const folder = out ?? sweepFolderName(name, runs);
    if (dryRun) {
      const time = await estimate(runs, folder, execution.jobs);
      if (execution.json) {
        for (const run of runs) print(JSON.stringify(run));
        note(time);
      } else print(describePlan(runs, folder, time));
    } else await launchSweep(createSweep(folder, name, runs), execution, asked);
  },
};
