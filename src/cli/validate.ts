import type { CommandModule } from "yargs";
import { configure, withOverrides, type ConfigurationArguments } from "./configuration.ts";
import { note } from "./output.ts";

export const validateCommand: CommandModule<unknown, ConfigurationArguments> = {
  command: "validate [overrides..]",
  describe: "Check a configuration without starting anything",
  builder: (args) =>
    withOverrides(args).option("seeds", { type: "string", describe: "as for sweep" }),
  async handler({ overrides, seeds }) {
    const { runs } = await configure({ overrides, seeds });
    note(`The configuration is valid: ${runs.length} ${runs.length === 1 ? "run" : "runs"}.`);
  },
};
