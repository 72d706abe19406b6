import type { CommandModule } from "yargs";
import { ConfigError, describeOrigin } from "../runner/config/problem.ts";
import { isUserError, messageOf } from "../runner/user-error.ts";
import {
  assertReady,
  configure,
  withSweepOptions,
  type ConfigurationArguments,
} from "./configuration.ts";
import { EXIT } from "./exit-codes.ts";
import { note, print } from "./output.ts";

interface ValidateArguments extends ConfigurationArguments {
  readonly json: boolean;
}

/** One object for each thing that is wrong. */
function printProblems(error: Error): void {
  const problems = error instanceof ConfigError ? error.problems : [{ message: messageOf(error) }];
  const lines = problems.map(({ origin, message }) =>
    JSON.stringify({ valid: false, place: origin ? describeOrigin(origin) : null, message }),
  );
  for (const line of new Set(lines)) print(line);
}

export const validateCommand: CommandModule<unknown, ValidateArguments> = {
  command: "validate [overrides..]",
  describe: "Check a configuration without starting anything",
  builder: (args) =>
    withSweepOptions(args).option("json", {
      type: "boolean",
      default: false,
      describe: "an object with the number of runs, or one per problem",
    }),
  async handler({ json, ...asked }) {
    try {
      const { runs, catalogue } = await configure(asked);
      await assertReady(runs, catalogue);
      if (json) print(JSON.stringify({ valid: true, runs: runs.length }));
      else
        note(`The configuration is valid: ${runs.length} ${runs.length === 1 ? "run" : "runs"}.`);
    } catch (error) {
      if (!json || !isUserError(error)) throw error;
      printProblems(error);
      process.exitCode = EXIT.usage;
    }
  },
};
