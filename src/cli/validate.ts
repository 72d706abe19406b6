import type { CommandModule } from "yargs";
import {
  assertReady,
  configure,
  withSweepOptions,
  type ConfigurationArguments,
} from "./configuration.ts";
import { note } from "./output.ts";

export const validateCommand: CommandModule<unknown, ConfigurationArguments> = {
  command: "validate [overrides..]",
  describe: "Check a configuration without starting anything",
  builder: withSweepOptions,
  async handler(asked) {
    const { runs, catalogue } = await configure(asked);
    await assertReady(runs, catalogue);
    note(`The configuration is valid: ${runs.length} ${runs.length === 1 ? "run" : "runs"}.`);
  },
};
