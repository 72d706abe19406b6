import type { CommandModule } from "yargs";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { configure, withSweepOptions, type ConfigurationArguments } from "./configuration.ts";
import { print } from "./output.ts";
import { checkJobs } from "./do-sweep.ts";
import { launchSweep } from "./launch.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";

interface SweepArguments extends ConfigurationArguments, SlurmArguments {
  readonly jobs: number;
  readonly out?: string | undefined;
  readonly "dry-run": boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** The list of runs with what there is to do. */
function describePlan(runs: readonly ResolvedRun[], folder: string, json: boolean): string {
  if (json) return runs.map((run) => JSON.stringify(run)).join("\n");
  const steps = runs.map(({ config }) =>
    config.training["epochs"] === null ? Number(config.training["steps"]) : NaN,
  );
  const total = steps.reduce((sum, n) => sum + n, 0);
  return [
    ...runs.map((run) => run.runId),
    "",
    `${runs.length} runs into ${folder}${Number.isFinite(total) ? `, at most ${total} training steps in all` : ""}`,
  ].join("\n");
}

export const sweepCommand: CommandModule<unknown, SweepArguments> = {
  command: "sweep [overrides..]",
  describe: "Do many runs: every combination of values a,b and of seeds",
  builder: (args) =>
    withSlurmOptions(withSweepOptions(args))
      .option("jobs", { alias: "j", type: "number", default: 1, describe: "runs at a time" })
      .option("out", { type: "string", describe: "the sweep's folder (default runs/NAME-HASH)" })
      .option("dry-run", { type: "boolean", default: false, describe: "only list the runs" })
      .option("force", { type: "boolean", default: false, describe: "again, also what is done" })
      .option("json", { type: "boolean", default: false, describe: "a record per line" })
      .example(
        "$0 sweep family=real-nvp data=pinwheel family.layers=zip(4,8) family.hidden=zip([128],[64])",
        "",
      )
      .example(
        "$0 sweep family=real-nvp data=pinwheel training.learningRate=log(1e-4,1e-2) --sampler sobol",
        "",
      )
      .example("$0 sweep experiment=toy-2d family=real-nvp,gaussian --seeds 5 -j 2", ""),
  async handler({ jobs, out, "dry-run": dryRun, force, json, ...asked }) {
    checkJobs(jobs);
    // Before any folder is made.
    slurmOptions(asked, asked.launcher ?? "local");
    const { runs, name } = await configure(asked);
    const { createSweep, sweepFolderName } = await import("../runner/store/sweep-folder.ts");
    const folder = out ?? sweepFolderName(name, runs);
    if (dryRun) print(describePlan(runs, folder, json));
    else await launchSweep(createSweep(folder, name, runs), { ...asked, jobs, force, json });
  },
};
