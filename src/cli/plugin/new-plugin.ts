import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandModule } from "yargs";
import { messageOf, UserError } from "../../runner/user-error.ts";
import { note, print } from "../output.ts";

/** Each has a template of its name, in which things are called my-… */
const KINDS = ["family", "dataset", "metric"] as const;
type Kind = (typeof KINDS)[number];

interface NewArguments {
  readonly name: string;
  readonly kind: Kind;
  readonly out: string;
}

/** The word of the templates for what they define, in kebab case. */
const PLACEHOLDER: Readonly<Record<Kind, string>> = {
  family: "my-flow",
  dataset: "my-data",
  metric: "my-metric",
};

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const snake = (name: string): string => name.replaceAll("-", "_");
const camel = (name: string): string =>
  name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** @throws UserError where Flowmeter itself has this name, since a plugin that has it too could not be used */
async function refuseTaken(kind: Kind, name: string): Promise<void> {
  const [{ LIKELIHOOD }, { loadCatalogue }] = await Promise.all([
    import("../../runner/evaluation-options.ts"),
    import("../../runner/load-catalogue.ts"),
  ]);
  const { families, datasets, metrics } = await loadCatalogue();
  const taken = {
    family: families.names,
    dataset: datasets.names,
    metric: [...Object.keys(LIKELIHOOD), ...metrics.names],
  }[kind];
  const wanted = kind === "metric" ? snake(name) : name;
  if (taken.includes(wanted))
    throw new UserError(
      `plugin new ${name}: Flowmeter itself has a ${kind} "${wanted}"; choose another name.`,
    );
}

/** The template of this kind with another name. */
function source(kind: Kind, name: string, file: string): string {
  const path = fileURLToPath(new URL(`../../../templates/${kind}.ts`, import.meta.url));
  const word = PLACEHOLDER[kind];
  return readFileSync(path, "utf8")
    .replaceAll(word, name)
    .replaceAll(snake(word), snake(name))
    .replaceAll(camel(word), camel(name))
    .replaceAll("plugins=FILE", `plugins=./${file}`)
    .replaceAll("FILE", file);
}

export const newPluginCommand: CommandModule<unknown, NewArguments> = {
  command: "new <name>",
  describe: "Write a plugin that works, to change into your own",
  builder: (args) =>
    args
      .positional("name", {
        type: "string",
        demandOption: true,
        describe: "lower-case words joined by hyphens",
      })
      .option("kind", { choices: KINDS, default: "family" as const, describe: "what it adds" })
      .option("out", { type: "string", default: ".", describe: "the folder of the file" })
      .example("$0 plugin new planar --kind family", ""),
  async handler({ name, kind, out }) {
    if (!NAME.test(name))
      throw new UserError(
        `plugin new ${name}: expected lower-case words joined by hyphens, such as my-flow.`,
      );
    await refuseTaken(kind, name);
    const file = `${name}.ts`;
    const path = join(out, file);
    if (existsSync(path))
      throw new UserError(`${path} exists already; choose another name or --out, or remove it.`);
    try {
      mkdirSync(out, { recursive: true });
      // Fails rather than overwrite what came into being since.
      writeFileSync(path, source(kind, name, file), { flag: "wx" });
    } catch (error) {
      throw new UserError(`cannot write ${path}: ${messageOf(error)}.`, { cause: error });
    }
    print(path);
    note(`Check it with: flowmeter plugin test ${path}`);
  },
};
