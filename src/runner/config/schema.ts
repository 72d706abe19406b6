import convict from "convict";
import { integer, list, oneOf, type Option, type OptionSchema } from "../../options.ts";
import { didYouMean } from "../../registry.ts";
import type { Catalogue } from "../catalogue.ts";
import { likeSweep, wholeRange } from "./choices.ts";
import { show, type Problem } from "./problem.ts";
import { GROUPS, isGroup, type Setting } from "./setting.ts";
import { parseValue } from "./value.ts";

/** The options that a run may have, by key: "family.layers". */
export type KeySchema = Readonly<Record<string, Option<unknown>>>;

const text: Option<string> = {
  doc: "a word",
  default: "",
  expected: "a text",
  accepts: (x): x is string => typeof x === "string",
};

const ROOT: OptionSchema = {
  // Beyond it, whole numbers are not exact: two seeds would be one.
  seed: integer(0, "Seed of data, split, start and training.", {
    ...{ min: 0, max: Number.MAX_SAFE_INTEGER },
  }),
  plugins: list(text, [], "Files or packages with further families and data sets."),
};

const below = (group: string, options: OptionSchema): [string, Option<unknown>][] =>
  Object.entries(options).map(([name, option]) => [`${group}.${name}`, option]);

/** All keys of a run of this family on this data set, with their checks and defaults. */
export function schemaOf(catalogue: Catalogue, family: string, data: string): KeySchema {
  const { families, datasets, engines } = catalogue;
  const { options, training = {} } = families.get(family);
  return Object.fromEntries([
    ...below("family", {
      name: oneOf(families.names, family, "Name of the family."),
      ...options,
    }),
    ...below("data", {
      name: oneOf(datasets.names, data, "Name of the data set."),
      ...catalogue.data,
      ...datasets.get(data).options,
    }),
    ...below("training", withDefaults(catalogue.training, training)),
    ...below("evaluation", catalogue.evaluation),
    ...below("engine", { name: oneOf(engines, "auto", "What runs it."), ...catalogue.engine }),
    ...Object.entries(ROOT),
  ]);
}

/** The options with other defaults, where a name is one of theirs. */
const withDefaults = (
  options: OptionSchema,
  defaults: Readonly<Record<string, unknown>>,
): OptionSchema =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      name in defaults ? { ...option, default: defaults[name] } : option,
    ]),
  );

export type Setted = Pick<Setting, "value" | "origin" | "drawnFrom">;

/** Values by group and option; `seed` and `plugins` stand at the top. */
export type ConfigTree = Record<string, unknown>;

function nest<T>(flat: Iterable<readonly [string, T]>): Record<string, unknown> {
  const tree: Record<string, Record<string, T> | T> = Object.fromEntries(
    GROUPS.map((group) => [group, {}]),
  );
  for (const [key, value] of flat) {
    const [group = "", option] = key.split(".");
    if (option !== undefined && isGroup(group)) (tree[group] as Record<string, T>)[option] = value;
    else tree[key] = value;
  }
  return tree;
}

/** What was probably meant by a value that an option does not accept, or by an entry of it; nothing where nothing is near. */
function guess({ words = [], item }: Option<unknown>, value: unknown): string {
  const entries: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  const wrong = entries ? entries.find((entry) => item?.accepts(entry) !== true) : value;
  if (typeof wrong !== "string") return "";
  const known = entries ? (item?.words ?? []) : words;
  return didYouMean(wrong, known) || likeSweep(wrong);
}

/** A list where one value is expected is often meant as a sweep, and values with commas where a list is, as a list. */
function listHint(option: Option<unknown>, key: string, { value, origin }: Setted): string {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const given = origin.kind === "override" ? origin.text.slice(origin.text.indexOf("=") + 1) : "";
  if (entries.length > 0 && entries.every((entry) => option.accepts(entry)))
    return origin.kind === "override"
      ? ` For a run of each, write them without brackets: ${key}=${given.slice(1, -1)}.`
      : ` For a run of each, write "${key}" below "sweep:".`;
  if (entries.length > 0 || !option.accepts([value])) return "";
  const isList = given !== "" && option.accepts(parseValue(`[${given}]`));
  return ` Write a list in brackets: [${isList ? given : String(value)}].`;
}

/** That an option does not accept a value: what was expected, what came, and what was probably meant. */
function wrongValue(option: Option<unknown>, key: string, setted: Setted): string {
  const { value, drawnFrom = "" } = setted;
  const expected = `${key}: expected ${option.expected}`;
  const whole = wholeRange(drawnFrom);
  // Said of the range, which is wrong as a whole, and not of each draw.
  if (whole !== undefined && whole !== drawnFrom && option.accepts(Math.round(Number(value))))
    return `${expected}, got ${drawnFrom}, whose values are not whole. Write ${whole}.`;
  const hint = guess(option, value) || listHint(option, key, setted);
  return `${expected}, got ${show(value)}.${hint}`;
}

/**
 * Validates values by a convict schema and fills in the defaults.
 *
 * convict would coerce: Number "fast" becomes NaN and passes, Boolean "no" becomes true, dotted keys pass unread, and
 * objects are merged into their defaults. So every value travels in a box of one element, which convict leaves as it
 * is, the checks are our own, and neither arguments nor environment are read.
 *
 * @param values typed values by key; each key must be in the schema
 * @returns the complete tree, and every value that its option does not accept
 */
export function validateValues(
  schema: KeySchema,
  values: ReadonlyMap<string, Setted>,
): { readonly config: ConfigTree; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const properties = Object.entries(schema).map(([key, option]) => {
    const format = (box: unknown): void => {
      const [value] = box as [unknown];
      if (option.accepts(value)) return;
      const setted = values.get(key) ?? { value, origin: { kind: "default" } };
      problems.push({ origin: setted.origin, message: wrongValue(option, key, setted) });
    };
    return [key, { doc: option.doc, default: [option.default], format }] as const;
  });
  const checked = convict<Record<string, unknown>>(
    nest(properties) as convict.Schema<Record<string, unknown>>,
    { args: [], env: {} },
  );
  checked.load(nest([...values].map(([key, { value }]) => [key, [value]] as const)));
  checked.validate({ allowed: "strict" });
  const unbox = (x: unknown): unknown =>
    Array.isArray(x)
      ? (x as unknown[])[0]
      : Object.fromEntries(Object.entries(x as object).map(([k, v]) => [k, unbox(v)]));
  return { config: unbox(checked.getProperties()) as ConfigTree, problems };
}
