import type { CommandModule } from "yargs";
import { EXIT } from "./exit-codes.ts";

export const workerCommand: CommandModule<
  unknown,
  { folder: string; force: boolean; slurm: boolean }
> = {
  command: "worker <folder>",
  // Without a description it is left out of the help: the sweep starts it.
  describe: false,
  builder: (args) =>
    args
      .positional("folder", { type: "string", demandOption: true })
      .option("force", { type: "boolean", default: false })
      .option("slurm", { type: "boolean", default: false }),
  async handler({ folder, force, slurm }) {
    if (slurm) {
      const { workInJob } = await import("../runner/slurm/work-in-job.ts");
      const record = await workInJob(folder);
      if (record !== undefined && record.status !== "done") process.exitCode = EXIT.failed;
      return;
    }
    const { work } = await import("../runner/worker.ts");
    const { status } = await work(folder, { force });
    if (status !== "done") process.exitCode = EXIT.failed;
  },
};
