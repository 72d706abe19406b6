import { join } from "node:path";
import type { CommandModule } from "yargs";
import { print } from "./output.ts";
import { slurmViews } from "./slurm-views.ts";

export const statusCommand: CommandModule<unknown, { dir: string; json: boolean }> = {
  command: "status <dir>",
  describe: "How far a sweep or a run is",
  builder: (args) =>
    args
      .positional("dir", { type: "string", demandOption: true, describe: "its folder" })
      .option("json", { type: "boolean", default: false, describe: "an object per line" }),
  async handler({ dir, json }) {
    const { isSweepFolder, readSweep } = await import("../runner/store/sweep-folder.ts");
    const { lookAt, readStoredRun } = await import("../runner/store/run-folder.ts");
    const { headline } = await import("./describe-record.ts");
    const runs = isSweepFolder(dir)
      ? readSweep(dir).runs.map(({ runId }) => ({ runId, folder: join(dir, runId) }))
      : [{ runId: readStoredRun(dir).runId, folder: dir }];
    const views = isSweepFolder(dir) ? await slurmViews(dir) : undefined;
    const counts = new Map<string, number>();
    for (const { runId, folder } of runs) {
      const { state: files, record } = lookAt(folder);
      const { state, detail } = views?.get(runId) ?? { state: files, detail: "" };
      counts.set(state, (counts.get(state) ?? 0) + 1);
      if (json) print(JSON.stringify({ runId, state, folder, ...(detail !== "" && { detail }) }));
      else {
        const more = record === undefined ? detail : headline(record);
        print(`${state.padEnd(8)}  ${runId}${more === "" ? "" : `  ${more}`}`);
      }
    }
    if (!json) print([...counts].map(([state, count]) => `${count} ${state}`).join(", "));
  },
};
