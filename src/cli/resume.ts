import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { UserError } from "../runner/user-error.ts";
import { launchSweep } from "./launch.ts";
import { note } from "./output.ts";
import { reportRecord, runFolder } from "./run.ts";
import { slurmOptions, withSlurmOptions, type SlurmArguments } from "./slurm-arguments.ts";

interface ResumeArguments extends SlurmArguments {
  readonly dir: string;
  readonly jobs: number;
  readonly force: boolean;
  readonly json: boolean;
}

export const resumeCommand: CommandModule<unknown, ResumeArguments> = {
  command: "resume <dir>",
  describe: "Go on with a sweep or a run that was stopped or killed",
  builder: (args) =>
    withSlurmOptions(args)
      .positional("dir", { type: "string", demandOption: true, describe: "its folder" })
      .option("jobs", { alias: "j", type: "number", default: 1, describe: "runs at a time" })
      .option("force", { type: "boolean", default: false, describe: "again, also what is done" })
      .option("json", { type: "boolean", default: false, describe: "a record per line" }),
  async handler({ dir, jobs, force, json, ...asked }) {
    const { isSweepFolder, readSweep } = await import("../runner/store/sweep-folder.ts");
    if (isSweepFolder(dir)) {
      const { isSubmitted } = await import("../runner/slurm/submission.ts");
      const launcher = isSubmitted(dir) ? "slurm" : "local";
      await launchSweep(readSweep(dir), { ...asked, jobs, force, json }, launcher);
      return;
    }
    slurmOptions(asked, "local");
    const store = await import("../runner/store/run-folder.ts");
    if (!existsSync(join(dir, store.FILES.config)))
      throw new UserError(`${dir} is neither the folder of a sweep nor of a run.`);
    const existing = store.readResult(dir);
    if (existing?.status === "done" && !force) {
      const { assertDataFiles } = await import("../runner/data-state.ts");
      assertDataFiles([dir]);
      note(`${dir} is done.`);
      reportRecord(existing, dir, json);
    } else await runFolder(dir, { force, json, undo: () => undefined });
  },
};
