import type { CommandModule } from "yargs";
import { EXIT } from "./exit-codes.ts";

export const workerCommand: CommandModule<unknown, { folder: string; force: boolean }> = {
  command: "worker <folder>",
  // Without a description it is left out of the help: the sweep starts it.
  describe: false,
  builder: (args) =>
    args
      .positional("folder", { type: "string", demandOption: true })
      .option("force", { type: "boolean", default: false }),
  async handler({ folder, force }) {
    const { work } = await import("../runner/worker.ts");
    const { status } = await work(folder, { force });
    if (status !== "done") process.exitCode = EXIT.failed;
  },
};
