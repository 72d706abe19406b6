import { distinctBy } from "../../math/group-by.ts";
import { either } from "../../options.ts";
import { didYouMean } from "../../registry.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Draft } from "./draft.ts";
import { hasInterpolation } from "./interpolate.ts";
import { show, type Problem } from "./problem.ts";
import { schemaOf, validateValues } from "./schema.ts";
import {
  GROUPS,
  isGroup,
  isMap,
  isNamed,
  keyOf,
  ROOT_KEYS,
  type Group,
  type Setting,
} from "./setting.ts";

/** Which families and data sets a key may belong to. */
export interface Scope {
  readonly families: readonly string[];
  readonly datasets: readonly string[];
}

/** What is said, of which the keys are checked. */
type Settings = Pick<Draft, "groupSettings" | "settings">;

/** Keys of a file that say something about the file itself. */
const FILE_KEYS = ["defaults", "sweep", "runs", "description", "time"] as const;

/** The scope, of a group without members the other one. */
const orElse = (scope: Scope, other: Scope): Scope => ({
  families: scope.families.length > 0 ? scope.families : other.families,
  datasets: scope.datasets.length > 0 ? scope.datasets : other.datasets,
});

const everything = ({ families, datasets }: Catalogue): Scope => ({
  families: families.names,
  datasets: datasets.names,
});

/** A group without names is given options, or one of its files; anything else would be passed over. */
function wrongSection(
  { op, value }: Setting,
  group: Group,
  catalogue: Catalogue,
): string | undefined {
  if (isNamed(group) || op === "delete" || (typeof value === "string" && value !== ""))
    return undefined;
  const [option = "NAME"] = Object.keys(catalogue[group]);
  return `${group}: expected a map of keys, such as ${group}.${option}, or the name of a file in experiments/${group}, got ${show(value)}.`;
}

function unknownRoot({ path: [group = ""], origin }: Setting): string | undefined {
  const keys: readonly string[] = [...GROUPS, ...ROOT_KEYS];
  if (keys.includes(group)) return undefined;
  const roots = origin.kind === "file" ? [...keys, ...FILE_KEYS] : keys;
  return `unknown key "${group}".${didYouMean(group, roots)} Known: ${roots.join(", ")}.`;
}

/** `family.layers: 4` in a file whose keys are options of families. */
function repeatedGroup({ path: [group = "", ...inner], value }: Setting): string {
  const said = [...inner.slice(1), ...(isMap(value) ? Object.keys(value) : [])];
  const [option = "NAME"] = said;
  return `the keys of a file in experiments/${group} belong to ${group} already; write "${option}:" without "${group}".`;
}

/** The options of the members of a scope, and what these are in words. */
function optionsIn(
  group: Group,
  { families, datasets }: Scope,
  catalogue: Catalogue,
): { readonly known: readonly string[]; readonly place: string } {
  const of = (kind: string, members: readonly string[], options: readonly object[]) => ({
    known: [...new Set(options.flatMap((o) => Object.keys(o)))],
    place: `${kind} ${members.map((m) => `"${m}"`).join(", ")}`.trim(),
  });
  if (group === "family")
    return of(
      "family",
      families,
      families.map((f) => catalogue.families.get(f).options),
    );
  if (group === "data")
    return of("data set", datasets, [
      catalogue.data,
      ...datasets.map((d) => catalogue.datasets.get(d).options),
    ]);
  return of("", [group], [catalogue[group]]);
}

/**
 * What is wrong with the key of a setting; undefined if nothing is.
 *
 * @param allowed whose keys it may be
 * @param meant whose keys are listed where it is none
 */
function keyProblem(
  setting: Setting,
  { allowed, meant = allowed }: { readonly allowed: Scope; readonly meant?: Scope },
  catalogue: Catalogue,
): string | undefined {
  const { path, origin } = setting;
  const [group = "", option] = path;
  if (!isGroup(group)) return unknownRoot(setting);
  if (option === undefined || option === "name") return wrongSection(setting, group, catalogue);
  if (optionsIn(group, allowed, catalogue).known.includes(option)) return undefined;
  if (option === group && origin.kind === "file") return repeatedGroup(setting);
  const { known, place } = optionsIn(group, meant, catalogue);
  const list = known.length > 0 ? `Known: ${known.join(", ")}.` : "It has no options.";
  return `unknown key "${option}" in ${place}.${didYouMean(option, known)} ${list}`;
}

/**
 * Keys that do not exist: in the file of an entry for the entry itself, in the experiment's file for what it names there, on
 * the command line for all that is chosen. A file that leaves the family to the command line may have keys of any.
 */
export function keyProblems(
  { groupSettings, settings }: Settings,
  { own, chosen, inFile }: Readonly<Record<"own" | "chosen" | "inFile", Scope>>,
  catalogue: Catalogue,
): readonly Problem[] {
  const file = { allowed: orElse(inFile, everything(catalogue)), meant: orElse(inFile, chosen) };
  const check =
    (scopeOf: (setting: Setting) => Parameters<typeof keyProblem>[1]) =>
    (setting: Setting): readonly Problem[] => {
      const message = keyProblem(setting, scopeOf(setting), catalogue);
      return message === undefined ? [] : [{ origin: setting.origin, message }];
    };
  return [
    ...groupSettings.flatMap(check(() => ({ allowed: own }))),
    ...settings.flatMap(check((s) => (s.origin.kind === "file" ? file : { allowed: chosen }))),
  ];
}

/** Values that no family or data set of the scope accepts, where it is not known yet which one it will be. */
function valueProblems(
  { groupSettings, settings }: Settings,
  { families, datasets }: Scope,
  catalogue: Catalogue,
): readonly Problem[] {
  const [family = "", data = ""] = [families[0], datasets[0]];
  const schemas = [
    ...families.map((name) => schemaOf(catalogue, name, data)),
    ...datasets.map((name) => schemaOf(catalogue, family, name)),
  ];
  return [...groupSettings, ...settings].flatMap((setting) => {
    const { op, path, value } = setting;
    const key = keyOf(setting);
    // Names have been looked up, and what an expression gives is not known.
    if (op === "delete" || hasInterpolation(value) || path[1] === "name") return [];
    const found = schemas.flatMap((schema) =>
      Object.hasOwn(schema, key) ? (schema[key] ?? []) : [],
    );
    const [first, ...others] = distinctBy(found, ({ expected }) => expected);
    if (first === undefined) return [];
    const option = others.reduce((before, other) => either(before, other), first);
    return validateValues({ [key]: option }, new Map([[key, setting]])).problems;
  });
}

/** What is wrong with a request that stands for no run, as far as that can be told without knowing the run. */
export function problemsWithoutRun(
  { named, namedInFile, ...settings }: Settings & Readonly<Record<"named" | "namedInFile", Scope>>,
  catalogue: Catalogue,
): readonly Problem[] {
  const chosen = orElse(named, everything(catalogue));
  return [
    ...keyProblems(settings, { own: chosen, chosen, inFile: namedInFile }, catalogue),
    ...valueProblems(settings, chosen, catalogue),
  ];
}
