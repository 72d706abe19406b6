import type { Catalogue } from "../catalogue.ts";
import { unknownName, type Registry } from "../../registry.ts";
import { missing, type Library } from "./library.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Origin, Problem } from "./problem.ts";
import { isGroup, keyOf, type Setting } from "./setting.ts";

/** Groups whose entries are in registries, and may be based on one in a file of the user's own. */
export type Registered = "family" | "data";

export const registryOf = (
  catalogue: Catalogue,
  group: Registered,
): Registry<{ readonly name: string; readonly options: Catalogue["data"] }> =>
  group === "family" ? catalogue.families : catalogue.datasets;

/** Names that a group can be given: those of the registry, and the files of `experiments/<group>/`. */
export const entryNames = (
  catalogue: Catalogue,
  library: Pick<Library, "names">,
  group: Registered,
): readonly string[] => [
  ...new Set([...registryOf(catalogue, group).names, ...library.names(group)]),
];

/** What there is to choose from, and where it goes that something is not there. */
export interface Surroundings {
  readonly catalogue: Catalogue;
  readonly library: Pick<Library, "names">;
  readonly load: (name: string) => ConfigFile | undefined;
  readonly problems: Problem[];
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
    if (chooses && typeof value === "string" && value !== "") chosen.set(group, { name: value, origin });
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

/** The setting by which an entry's own file says which one of the registry it is based on. */
export function baseOf(
  name: string,
  group: Registered,
  { catalogue, load }: Pick<Surroundings, "catalogue" | "load">,
): Setting | undefined {
  const base = load(`${group}/${name}`)?.settings.findLast((s) => keyOf(s) === `${group}.name`);
  return base && registryOf(catalogue, group).find(String(base.value)) ? base : undefined;
}

/** What is meant by a name: an entry of the registry, or one of `experiments/<group>/` that is based on one. */
export interface Chosen {
  readonly name: string;
  /** What the alias `data=power` stands for: the name it is based on, and a label for tables. */
  readonly settings: readonly Setting[];
}

/** The entry that was chosen last for a group, checked. */
export function choose(
  settings: readonly Setting[],
  group: Registered,
  around: Surroundings,
): Chosen | undefined {
  const { catalogue, library, problems } = around;
  const registry = registryOf(catalogue, group);
  const last = settings.findLast((s) => keyOf(s) === `${group}.name` && s.op !== "delete");
  const what = registry.kind;
  if (last === undefined) {
    const message = `no ${what} is chosen; add ${group}=NAME, one of ${registry.names.join(", ")}.`;
    problems.push({ origin: { kind: "argument", text: "configuration" }, message });
    return undefined;
  }
  const { origin } = last;
  const name = String(last.value);
  if (registry.find(name) !== undefined) return { name, settings: [] };
  const base = baseOf(name, group, around);
  if (base !== undefined) {
    const label: Setting = { path: ["data", "label"], op: "force", value: name, origin };
    return { name: String(base.value), settings: group === "data" ? [label, base] : [base] };
  }
  const known = entryNames(catalogue, library, group);
  problems.push({ origin, message: unknownName(what, name, known) });
  return undefined;
}
