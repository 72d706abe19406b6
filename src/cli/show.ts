import type { CommandModule } from "yargs";
import type { Catalogue } from "../runner/catalogue.ts";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { configure, withSweepOptions, type ConfigurationArguments } from "./configuration.ts";
import { print } from "./output.ts";

interface ShowArguments extends ConfigurationArguments {
  readonly what: "config";
  readonly json: boolean;
}

const isEntry = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** Where each value was written, or whose default it is. */
function originsOf({ config, origins }: ResolvedRun, { families }: Catalogue) {
  const { name, training = {} } = families.get(config.family.name);
  const defaultOf = (group: string, option: string): string =>
    group === "training" && Object.hasOwn(training, option) ? `default of ${name}` : "default";
  return Object.fromEntries(
    Object.entries(config).flatMap(([group, value]) =>
      isEntry(value)
        ? Object.keys(value).map((option) => {
            const key = `${group}.${option}`;
            return [key, origins[key] ?? defaultOf(group, option)];
          })
        : [[group, origins[group] ?? "default"]],
    ),
  ) as Readonly<Record<string, string>>;
}

/** YAML with the origin of each value behind it. */
function describe({ config, origins }: Pick<ResolvedRun, "config" | "origins">): string {
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
    withSweepOptions(
      args.positional("what", { choices: ["config"] as const, demandOption: true }),
    ).option("json", { type: "boolean", default: false, describe: "one object per run" }),
  async handler(asked) {
    const { runs, catalogue } = await configure(asked);
    const shown = runs.map((run) => ({ ...run, origins: originsOf(run, catalogue) }));
    if (asked.json) for (const run of shown) print(JSON.stringify(run));
    else print(shown.map((run) => `# ${run.runId}\n${describe(run)}`).join("\n---\n"));
  },
};
