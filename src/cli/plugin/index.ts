import type { CommandModule } from "yargs";
import { listPluginsCommand } from "./list-plugins.ts";
import { newPluginCommand } from "./new-plugin.ts";
import { testPluginCommand } from "./test-plugin.ts";

export const pluginCommand: CommandModule = {
  command: "plugin <command>",
  describe: "Write, check and list plugins: further families, data sets and metrics",
  builder: (args) =>
    args
      .command(newPluginCommand)
      .command(testPluginCommand)
      .command(listPluginsCommand)
      .demandCommand(1, "Which one? See flowmeter plugin --help."),
  handler: () => undefined,
};
