import type { CommandModule } from "yargs";
import type { Catalogue } from "../runner/catalogue.ts";
import {
  describeBroken,
  type BrokenPlugin,
  type LoadedPlugin,
} from "../runner/plugins/loaded-plugin.ts";
import { UserError } from "../runner/user-error.ts";
import { withOverrides } from "./configuration.ts";
import { note, print } from "./output.ts";
import { EXIT } from "./exit-codes.ts";

const KINDS = ["families", "datasets", "metrics", "experiments", "engines", "plugins"] as const;
type Kind = (typeof KINDS)[number];

/** A listed thing; its options with default and meaning, where it has any. */
interface Entry {
  readonly name: string;
  readonly summary?: string;
  /** How long it takes, of an experiment. */
  readonly time?: string;
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

/** What a plugin brings, in words and by name. */
function pluginEntry({ spec, path, digest, plugin }: LoadedPlugin): Entry {
  const parts = Object.entries(plugin).map(([part, things]) => {
    const names = Array.isArray(things)
      ? (things as readonly { readonly name: string }[]).map(({ name }) => name)
      : Object.keys(things as object);
    return [part, names] as const;
  });
  const summary = parts.map(([part, names]) => `${part}: ${names.join(", ")}`).join("; ");
  return { name: spec, summary, path, digest, ...Object.fromEntries(parts) };
}

const brokenEntry = ({ spec, reason }: BrokenPlugin): Entry => ({
  name: spec,
  summary: `cannot be used: ${reason}`,
  broken: true,
});

/** What the files of `experiments/<group>/` add: entries that are based on one of these. */
async function ownEntries(
  group: "family" | "data",
  known: readonly string[],
): Promise<readonly Entry[]> {
  const [{ createLibrary }, { keyOf }] = await Promise.all([
    import("../runner/config/library.ts"),
    import("../runner/config/setting.ts"),
  ]);
  const library = createLibrary();
  return library.names(group).flatMap((name) => {
    const file = library.load(`${group}/${name}`);
    const based = file?.settings.findLast((setting) => keyOf(setting) === `${group}.name`);
    const base = String(based?.value);
    if (known.includes(name) || !known.includes(base)) return [];
    const summary = file?.description === "" ? `based on ${base}` : file?.description;
    return [{ name, ...(summary !== undefined && { summary }), base }];
  });
}

const LISTS: Readonly<Record<Kind, (catalogue: Catalogue) => Promise<readonly Entry[]>>> = {
  async families({ families }) {
    const builtIn = families.all.map(({ name, summary, paper, supports, training, options }) => ({
      name,
      summary,
      paper,
      supports,
      ...(training && { training }),
      options: optionList(options),
    }));
    return [...builtIn, ...(await ownEntries("family", families.names))];
  },
  async datasets({ datasets }) {
    const builtIn = datasets.all.map(({ name, summary, source, options }) => ({
      name,
      summary,
      source,
      options: optionList(options),
    }));
    return [...builtIn, ...(await ownEntries("data", datasets.names))];
  },
  async metrics({ metrics }) {
    const { LIKELIHOOD } = await import("../runner/evaluation-options.ts");
    const likelihood = Object.entries(LIKELIHOOD).map(([name, summary]) => ({ name, summary }));
    const others = metrics.all.map(({ name, summary, paper, needs }) => ({
      ...{ name, summary, paper },
      ...(needs && { needs }),
    }));
    return [...likelihood, ...others];
  },
  async experiments() {
    const { createLibrary } = await import("../runner/config/library.ts");
    const library = createLibrary();
    return library.names("").map((name) => {
      const { description, time } = library.about(name);
      return { name, summary: description, ...(time !== "" && { time }) };
    });
  },
  engines: ({ engines }) => Promise.resolve(engines.map((name) => ({ name }))),
  plugins: ({ plugins, broken }) =>
    Promise.resolve([...plugins.map(pluginEntry), ...broken.map(brokenEntry)]),
};

/** The catalogue with the plugins that these overrides name. */
async function catalogueWith(overrides: readonly string[]): Promise<Catalogue> {
  const [{ loadCatalogue }, { parseOverrides }, { createLibrary }, { requestedPlugins }] =
    await Promise.all([
      import("../runner/load-catalogue.ts"),
      import("../runner/config/override.ts"),
      import("../runner/config/library.ts"),
      import("../runner/config/requested-plugins.ts"),
    ]);
  const parsed = parseOverrides(overrides);
  const other = overrides.find((text) => !/^(?:\+\+|\+|~)?(?:plugins|experiment)\b/.test(text));
  if (other !== undefined || parsed.problems.length > 0)
    throw new UserError(
      `list: expected plugins=[FILE] or experiment=NAME, got ${other ?? overrides.join(" ")}.`,
    );
  return loadCatalogue(requestedPlugins(parsed, createLibrary()));
}

/** Prints what there is of a kind, with what plugins add. */
export async function listEntries(
  kind: Kind,
  overrides: readonly string[],
  json: boolean,
): Promise<void> {
  const catalogue = await catalogueWith(overrides);
  const entries = await LISTS[kind](catalogue);
  if (kind !== "plugins") for (const plugin of catalogue.broken) note(describeBroken(plugin));
  if (entries.length === 0) {
    note(
      `There are no ${kind}${kind === "plugins" ? "; name them, as in plugins=[./my-flow.ts]" : ""}.`,
    );
    process.exitCode = EXIT.nothing;
  }
  const width = Math.max(...entries.map(({ name }) => name.length));
  if (kind === "plugins" && catalogue.broken.length > 0) process.exitCode = EXIT.usage;
  if (json) for (const entry of entries) print(JSON.stringify(entry));
  else
    for (const { name, summary = "", time } of entries)
      print(`${name.padEnd(width)}  ${summary}${time === undefined ? "" : ` (${time})`}`.trimEnd());
}

interface ListArguments {
  readonly kind: Kind;
  readonly overrides: string[];
  readonly json: boolean;
}

export const listCommand: CommandModule<unknown, ListArguments> = {
  command: "list <kind> [overrides..]",
  describe: `What there is: ${KINDS.join(", ")}`,
  builder: (args) =>
    withOverrides(args.positional("kind", { choices: KINDS, demandOption: true }))
      .option("json", {
        type: "boolean",
        default: false,
        describe: "everything known, an object per line",
      })
      .example("$0 list families plugins=[./planar.ts]", ""),
  handler: ({ kind, overrides, json }) => listEntries(kind, overrides, json),
};
