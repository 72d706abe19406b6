import type { Argv } from "yargs";

/** Arguments of every command that reads records. */
export interface RecordArguments {
  readonly dirs: string[];
  readonly where: string[];
}

/** Adds the positional `<dirs..>` and `--where`. */
export const withRecords = <T>(args: Argv<T>) =>
  args
    .positional("dirs", {
      type: "string",
      array: true,
      demandOption: true,
      describe: "folders of runs and sweeps",
    })
    .option("where", {
      ...{ type: "string", array: true, nargs: 1, default: [] as string[] },
      describe: "only runs with this key=value; may be repeated",
    });
