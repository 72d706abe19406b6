import type { CommandModule } from "yargs";

export interface LogsArguments {
  readonly dir: string;
  readonly run: string | undefined;
  readonly attempt: number | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

export const logsCommand: CommandModule<unknown, LogsArguments> = {
  command: "logs <dir> [run]",
  describe: "The log of a run, or of all runs of a sweep",
  builder: (args) =>
    args
      .positional("dir", {
        type: "string",
        demandOption: true,
        describe: "the folder of a sweep or a run",
      })
      .positional("run", {
        type: "string",
        describe: "of a sweep: its name, the beginning of it, or its number",
      })
      .option("attempt", { type: "number", describe: "which try (default the newest)" })
      .option("follow", {
        alias: "f",
        type: "boolean",
        default: false,
        describe: "go on until the run ends",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "an object per run, or per line of a log",
      })
      .example("$0 logs runs/toy-2d-1234abcd", "the last line of each run")
      .example("$0 logs runs/toy-2d-1234abcd 3 -f", ""),
  async handler(args) {
    const { showLogs } = await import("./show-logs.ts");
    await showLogs(args);
  },
};
