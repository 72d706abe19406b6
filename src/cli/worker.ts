import type { CommandModule } from "yargs";
import { EXIT } from "./exit-codes.ts";

interface WorkerArguments {
  readonly folder: string | undefined;
  readonly force: boolean;
  readonly slurm: boolean;
}

export const workerCommand: CommandModule<unknown, WorkerArguments> = {
  command: "worker [folder]",
  // Without a description it is left out of the help: a sweep starts it, for runs that it asks for, or for the one of a folder.
  describe: false,
  builder: (args) =>
    args
      .positional("folder", { type: "string" })
      .option("force", { type: "boolean", default: false })
      .option("slurm", { type: "boolean", default: false }),
  async handler({ folder, force, slurm }) {
    if (slurm && folder !== undefined) {
      const { workInJob } = await import("../runner/slurm/work-in-job.ts");
      const record = await workInJob(folder);
      if (record !== undefined && record.status !== "done") process.exitCode = EXIT.failed;
      return;
    }
    const { serve, work } = await import("../runner/worker.ts");
    if (folder === undefined) {
      await serve();
      // Whatever a library has left running must not outlive the sweep.
      process.exit(EXIT.good);
    }
    const { status } = await work(folder, { force });
    if (status !== "done") process.exitCode = EXIT.failed;
  },
};
