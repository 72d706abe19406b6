import type { Option, OptionSchema } from "../../options.ts";

/** `++family.hidden=64,12` → the marks before the key, the key, and what is typed of the last value. */
interface Typed {
  readonly marks: string;
  readonly key: string;
  /** Undefined before the equals sign. */
  readonly value: string | undefined;
  /** Values before the last one of a list, with their comma. */
  readonly before: string;
}

function parse(current: string): Typed {
  const [, marks = "", rest = ""] = /^(\+\+|\+|~)?(.*)$/s.exec(current) ?? [];
  const at = rest.indexOf("=");
  if (at < 0) return { marks, key: rest, value: undefined, before: "" };
  const text = rest.slice(at + 1);
  const comma = text.lastIndexOf(",") + 1;
  return { marks, key: rest.slice(0, at), value: text.slice(comma), before: text.slice(0, comma) };
}

/** The names that this word gives a group on the command line: `family=real-nvp,glow`. */
const chosen = (words: readonly string[], group: string): readonly string[] =>
  words.flatMap((word) =>
    word.startsWith(`${group}=`) ? word.slice(group.length + 1).split(",") : [],
  );

/** Words that an option takes, read off what it says it expects; none where any text will do. */
function wordsOf(option: Option<unknown> | undefined): readonly string[] {
  if (option === undefined) return [];
  if (option.accepts(true)) return ["true", "false"];
  if (option.accepts("\0")) return [];
  const said = option.expected.match(/[\w][\w.-]*/g) ?? [];
  return [...new Set(said)].filter((word) => option.accepts(word));
}

/** Loaded only when a key of a group is completed: it takes the families, and so TensorFlow.js, with it. */
async function optionsOf(group: string, words: readonly string[]): Promise<OptionSchema> {
  const { loadCatalogue } = await import("../../runner/load-catalogue.ts");
  const catalogue = await loadCatalogue([]);
  const ofAll = (all: readonly { readonly name: string; readonly options: OptionSchema }[]) => {
    const names = chosen(words, group);
    const some = all.filter(({ name }) => names.includes(name));
    return Object.assign(
      {},
      ...(some.length > 0 ? some : all).map(({ options }) => options),
    ) as OptionSchema;
  };
  if (group === "family") return ofAll(catalogue.families.all);
  if (group === "data") return { ...catalogue.data, ...ofAll(catalogue.datasets.all) };
  if (group === "training" || group === "evaluation" || group === "engine") return catalogue[group];
  return {};
}

/** Names of entries and files that `group=` chooses. */
async function namesOf(group: string): Promise<readonly string[]> {
  const { createLibrary } = await import("../../runner/config/library.ts");
  const library = createLibrary();
  if (group === "experiment") return library.names("");
  const files = library.names(group);
  if (group === "engine") return [...(await import("../../engine/program.ts")).ENGINES, ...files];
  if (group !== "family" && group !== "data") return files;
  const { loadCatalogue } = await import("../../runner/load-catalogue.ts");
  const { families, datasets } = await loadCatalogue([]);
  return [...(group === "family" ? families : datasets).names, ...files];
}

/** What may stand at the beginning of an override. */
async function heads(): Promise<readonly string[]> {
  const { GROUPS, ROOT_KEYS } = await import("../../runner/config/setting.ts");
  return [
    ...["experiment", "family", "data", "engine", ...ROOT_KEYS].map((key) => `${key}=`),
    ...GROUPS.map((group) => `${group}.`),
  ];
}

/**
 * What an override that was begun may become: `fam` → `family=`, `family.`; `family.la` → `family.layers=`; `family=re` →
 * `family=real-nvp`; in lists the last value.
 *
 * @param words the others of the command line, which say whose options there are
 */
export async function overrideCandidates(
  current: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const { marks, key, value, before } = parse(current);
  const [group = "", option] = key.split(".");
  const all = async (): Promise<readonly string[]> => {
    if (value !== undefined) {
      const values =
        option === undefined
          ? await namesOf(group)
          : wordsOf((await optionsOf(group, words))[option]);
      return values.map((word) => `${marks}${key}=${before}${word}`);
    }
    const keys =
      option === undefined
        ? await heads()
        : Object.keys(await optionsOf(group, words)).map((name) => `${group}.${name}=`);
    return keys.map((text) => `${marks}${text}`);
  };
  return [...new Set(await all())].filter((text) => text.startsWith(current)).sort();
}
