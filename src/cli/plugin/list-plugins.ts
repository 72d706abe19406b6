import type { CommandModule } from "yargs";
import { withOverrides } from "../configuration.ts";
import { listEntries } from "../list.ts";

export const listPluginsCommand: CommandModule<unknown, { overrides: string[]; json: boolean }> = {
  command: "list [overrides..]",
  describe: "The plugins of a configuration and what they bring",
  builder: (args) =>
    withOverrides(args)
      .option("json", {
        type: "boolean",
        default: false,
        describe: "everything known, an object per line",
      })
      .example("$0 plugin list plugins=[./planar.ts]", "")
      .example("$0 plugin list experiment=mine", ""),
  handler: ({ overrides, json }) => listEntries("plugins", overrides, json),
};
