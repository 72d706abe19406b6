import type { CommandModule } from "yargs";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { configure, withOverrides, type ConfigurationArguments } from "./configuration.ts";
import { print } from "./output.ts";

interface ShowArguments extends ConfigurationArguments {
  readonly what: "config";
  readonly json: boolean;
}

const isEntry = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** YAML with the origin of each value that is not a default behind it. */
function describe({ config, origins }: ResolvedRun): string {
  const lines: [string, string | undefined][] = [];
  for (const [key, value] of Object.entries(config)) {
    if (!isEntry(value)) {
      lines.push([`${key}: ${JSON.stringify(value)}`, origins[key]]);
      continue;
    }
    lines.push([`${key}:`, undefined]);
    for (const [option, v] of Object.entries(value))
      lines.push([`  ${option}: ${JSON.stringify(v)}`, origins[`${key}.${option}`]]);
  }
  const width = Math.max(...lines.map(([text]) => text.length));
  return lines
    .map(([text, origin]) => (origin === undefined ? text : `${text.padEnd(width)}  # ${origin}`))
    .join("\n");
}

export const showCommand: CommandModule<unknown, ShowArguments> = {
  command: "show <what> [overrides..]",
  describe: "The complete configuration of a run, with the origin of every value",
  builder: (args) =>
    withOverrides(
      args.positional("what", { choices: ["config"] as const, demandOption: true }),
    ).option("json", { type: "boolean", default: false, describe: "one object per run" }),
  async handler({ overrides, json }) {
    const { runs } = await configure({ overrides });
    if (json) for (const run of runs) print(JSON.stringify(run));
    else print(runs.map((run) => `# ${run.runId}\n${describe(run)}`).join("\n---\n"));
  },
};
