import type { Catalogue } from "../catalogue.ts";
import type { Option } from "../../options.ts";
import type { Names } from "./choices.ts";
import { baseOf, entryNames, registryOf, type Registered } from "./group-entry.ts";
import type { Library } from "./library.ts";
import type { Overrides } from "./override.ts";
import { settingsOn } from "./sampler.ts";
import { isGroup, keyOf } from "./setting.ts";

/** The entries of a group that a request names; where it names none that is known, all there are. */
function namedEntries(
  group: Registered,
  overrides: Pick<Overrides, "settings" | "axes" | "experiment">,
  catalogue: Catalogue,
  library: Library,
): readonly string[] {
  const file = overrides.experiment && library.load(overrides.experiment.name);
  const said = [overrides, ...(file ? [file] : [])].flatMap(({ settings, axes }) =>
    [...settings, ...axes.flatMap(settingsOn)].filter((s) => keyOf(s) === `${group}.name`),
  );
  const { names } = registryOf(catalogue, group);
  const load = (name: string) => library.load(name);
  const found = said.flatMap(({ value }) => {
    const name = String(value);
    const base = baseOf(name, group, { catalogue, load });
    return [name, String(base?.value)].filter((known) => names.includes(known));
  });
  return found.length > 0 ? [...new Set(found)] : names;
}

/**
 * What `glob` looks at in a sweep of a key: of a group the entries of the registry and the files of `experiments/<group>/`, of
 * an option the words that it takes, in any of the families or data sets that are named.
 *
 * @param overrides of the same request; keys with a glob may be missing in it
 */
export function globNames(
  overrides: Pick<Overrides, "settings" | "axes" | "experiment">,
  catalogue: Catalogue,
  library: Library,
): Names {
  const words = (options: readonly Readonly<Record<string, Option<unknown>>>[], name: string) => [
    ...new Set(options.flatMap((option) => option[name]?.words ?? [])),
  ];
  return (key) => {
    const [group = "", option = "name", ...deeper] = key.split(".");
    if (!isGroup(group) || deeper.length > 0) return [];
    if (group === "family" || group === "data") {
      if (option === "name") return entryNames(catalogue, library, group);
      const entries = namedEntries(group, overrides, catalogue, library);
      const own = entries.map((name) => registryOf(catalogue, group).get(name).options);
      return words(group === "data" ? [catalogue.data, ...own] : own, option);
    }
    if (option !== "name") return words([catalogue[group]], option);
    return group === "engine" ? catalogue.engines : library.names(group);
  };
}
