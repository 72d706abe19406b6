import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { UserError } from "../runner/user-error.ts";
import { executionOf, withExecution, type ExecutionArguments } from "./execution.ts";
import { note, outliveStdout } from "./output.ts";
import { reportRecord, reusableRecord, runFolder } from "./run.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";

interface ResumeArguments extends ExecutionArguments, SlurmArguments {
  readonly dir: string;
}

export const resumeCommand: CommandModule<unknown, ResumeArguments> = {
  command: "resume <dir>",
  describe: "Go on with a sweep or a run that was stopped or killed",
  builder: (args) =>
    withSlurmOptions(
      withExecution(
        args.positional("dir", { type: "string", demandOption: true, describe: "its folder" }),
      ),
    ),
  async handler({ dir, ...given }) {
    outliveStdout();
    const execution = executionOf(given);
    const { force, takeOver, json } = execution;
    const { isSweepFolder, readSweep } = await import("../runner/store/sweep-folder.ts");
    if (isSweepFolder(dir)) {
      const [{ isSubmitted }, { launchSweep }] = await Promise.all([
        import("../runner/slurm/submission.ts"),
        import("./launch.ts"),
      ]);
      await launchSweep(readSweep(dir), execution, given, isSubmitted(dir) ? "slurm" : "local");
      return;
    }
    slurmOptions(given, "local");
    const store = await import("../runner/store/run-folder.ts");
    if (!existsSync(join(dir, store.FILES.config)))
      throw new UserError(`${dir} is neither the folder of a sweep nor of a run.`);
    const existing = await reusableRecord(dir, { force });
    if (existing !== undefined) {
      note(`${dir} is done.`);
      reportRecord(existing, dir, json);
    } else await runFolder(dir, { force, takeOver, json, undo: () => undefined });
  },
};
