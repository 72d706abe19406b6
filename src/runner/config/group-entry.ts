import type { Catalogue } from "../catalogue.ts";
import { unknownName, type Registry } from "../../registry.ts";
import { missing, type Library } from "./library.ts";
import type { ConfigFile } from "./config-file.ts";
import { show, type Origin, type Problem } from "./problem.ts";
import { isGroup, keyOf, type NamedGroup, type Setting } from "./setting.ts";

/** What the entries of a group are, in the singular, and the names of those that there are without files. */
const builtIn = (
  { families, datasets, engines }: Catalogue,
  group: NamedGroup,
): Pick<Registry<unknown>, "kind" | "names"> =>
  ({ family: families, data: datasets, engine: { kind: "engine", names: engines } })[group];

/** Names that a group can be given: those that are built in or plugged in, and the files of `experiments/<group>/`. */
export const entryNames = (
  catalogue: Catalogue,
  library: Pick<Library, "names">,
  group: NamedGroup,
): readonly string[] => [...new Set([...builtIn(catalogue, group).names, ...library.names(group)])];

/** What there is to choose from, and where it goes that something is not there. */
export interface Surroundings {
  readonly catalogue: Catalogue;
  readonly library: Pick<Library, "names">;
  readonly load: (name: string) => ConfigFile | undefined;
  readonly problems: Problem[];
  /** What could not be read may have chosen what seems to be missing. */
  readonly isIncomplete: boolean;
}

/** The files that entries of groups have in `experiments/`; the family's, data set's and engine's may be missing. */
export function groupFiles(
  settings: readonly Setting[],
  { library, load, problems }: Surroundings,
): readonly ConfigFile[] {
  const chosen = new Map<string, { readonly name: string; readonly origin: Origin }>();
  for (const { path, value, origin } of settings) {
    const [group = "", option] = path;
    const chooses = option === undefined ? isGroup(group) : option === "name" && path.length === 2;
    if (chooses && typeof value === "string" && value !== "")
      chosen.set(group, { name: value, origin });
  }
  const files: ConfigFile[] = [];
  for (const [group, { name, origin }] of chosen) {
    const file = load(`${group}/${name}`);
    if (file !== undefined) files.push(file);
    else if (group === "training" || group === "evaluation")
      problems.push({ origin, message: missing(`${group}/${name}`, library.names) });
  }
  problems.push(...files.flatMap((file) => file.problems));
  return files;
}

/** The setting by which an entry's own file says which one it is based on. */
function baseOf(
  name: string,
  group: NamedGroup,
  { catalogue, load }: Pick<Surroundings, "catalogue" | "load">,
): Setting | undefined {
  const base = load(`${group}/${name}`)?.settings.findLast((s) => keyOf(s) === `${group}.name`);
  return base && builtIn(catalogue, group).names.includes(String(base.value)) ? base : undefined;
}

/** The entries without files that settings name, themselves or by a file that is based on one. */
export function namedBy(
  settings: readonly Setting[],
  group: NamedGroup,
  around: Pick<Surroundings, "catalogue" | "load">,
): readonly string[] {
  const { names } = builtIn(around.catalogue, group);
  const said = settings.filter((s) => keyOf(s) === `${group}.name` && s.op !== "delete");
  const found = said.flatMap(({ value }) => {
    const name = String(value);
    return [name, String(baseOf(name, group, around)?.value)].filter((n) => names.includes(n));
  });
  return [...new Set(found)];
}

/** What is meant by a name: an entry that is built in or plugged in, or one of `experiments/<group>/` that is based on one. */
export interface Chosen {
  readonly name: string;
  /** What the alias `data=power` stands for: the name it is based on, and a label for tables. */
  readonly settings: readonly Setting[];
}

/** Why there is no such entry: no name, an unknown one, or a file that does not say what it is based on. */
function notThere({ value, origin }: Setting, group: NamedGroup, around: Surroundings): Problem[] {
  const { catalogue, library, load } = around;
  const { kind, names } = builtIn(catalogue, group);
  if (typeof value === "object" && value !== null)
    return [
      {
        origin,
        message: `${group}: expected the name of one ${kind}, got ${show(value)}; write several below sweep:, or on the command line with commas and without brackets.`,
      },
    ];
  const name = String(value);
  const file = load(`${group}/${name}`);
  if (file === undefined)
    return [{ origin, message: unknownName(kind, name, entryNames(catalogue, library, group)) }];
  const base = file.settings.findLast((s) => keyOf(s) === `${group}.name`);
  if (base !== undefined)
    return [{ origin: base.origin, message: unknownName(kind, String(base.value), names) }];
  const message = `the file of ${group} "${name}" does not say which ${kind} it is based on; add a line name: NAME to it, with one of ${names.join(", ")}.`;
  // What else is wrong with the file is said already, and may be why it has no name.
  return file.problems.length > 0 ? [] : [{ origin, message }];
}

/** The entry that was chosen last for a group, checked. */
export function choose(
  settings: readonly Setting[],
  group: NamedGroup,
  around: Surroundings,
): Chosen | undefined {
  const { catalogue, isIncomplete, problems } = around;
  const { kind, names } = builtIn(catalogue, group);
  const last = settings.findLast((s) => keyOf(s) === `${group}.name` && s.op !== "delete");
  if (last === undefined) {
    const message = `no ${kind} is chosen; add ${group}=NAME, one of ${names.join(", ")}.`;
    if (!isIncomplete)
      problems.push({ origin: { kind: "argument", text: "configuration" }, message });
    return undefined;
  }
  const { value, origin } = last;
  const name = String(value);
  if (typeof value === "string" && names.includes(name)) return { name, settings: [] };
  const base = baseOf(name, group, around);
  if (base !== undefined) {
    const label: Setting = { path: ["data", "label"], op: "force", value: name, origin };
    return { name: String(base.value), settings: group === "data" ? [label, base] : [base] };
  }
  problems.push(...notThere(last, group, around));
  return undefined;
}
