import type { CommandModule } from "yargs";
import { note, print } from "./output.ts";
import { EXIT } from "./exit-codes.ts";

const KINDS = ["families", "datasets", "experiments", "engines"] as const;
type Kind = (typeof KINDS)[number];

/** A listed thing; its options with default and meaning, where it has any. */
interface Entry {
  readonly name: string;
  readonly summary?: string;
  readonly [detail: string]: unknown;
}

type Options = Readonly<Record<string, { default: unknown; doc: string; expected: string }>>;

const optionList = (options: Options) =>
  Object.entries(options).map(([name, { default: value, doc, expected }]) => ({
    name,
    default: value,
    doc,
    expected,
  }));

const LISTS: Readonly<Record<Kind, () => Promise<readonly Entry[]>>> = {
  async families() {
    const { families } = await import("../families.ts");
    return families.map(({ name, summary, paper, supports, options }) => ({
      name,
      summary,
      paper,
      supports,
      options: optionList(options),
    }));
  },
  async datasets() {
    const { datasets } = await import("../datasets/index.ts");
    return datasets.map(({ name, summary, source, options }) => ({
      name,
      summary,
      source,
      options: optionList(options),
    }));
  },
  async experiments() {
    const { createLibrary } = await import("../runner/config/library.ts");
    const library = createLibrary();
    return library.names("").map((name) => ({ name, summary: library.description(name) }));
  },
  async engines() {
    const { ENGINES } = await import("../engine/program.ts");
    return ENGINES.map((name) => ({ name }));
  },
};

export const listCommand: CommandModule<unknown, { kind: Kind; json: boolean }> = {
  command: "list <kind>",
  describe: "What there is: families, datasets, experiments, engines",
  builder: (args) =>
    args
      .positional("kind", { choices: KINDS, demandOption: true })
      .option("json", { type: "boolean", default: false, describe: "everything known, as JSON" }),
  async handler({ kind, json }) {
    const entries = await LISTS[kind]();
    if (entries.length === 0) {
      note(`There are no ${kind}.`);
      process.exitCode = EXIT.nothing;
    }
    const width = Math.max(...entries.map(({ name }) => name.length));
    if (json) print(JSON.stringify(entries, null, 2));
    else
      for (const { name, summary = "" } of entries)
        print(`${name.padEnd(width)}  ${summary}`.trimEnd());
  },
};
