import type { Catalogue } from "../catalogue.ts";
import type { DatasetDefinition } from "../../datasets/dataset.ts";
import type { Family } from "../../model.ts";
import type { Option } from "../../options.ts";
import type { Names } from "./choices.ts";
import { entryNames, namedBy } from "./group-entry.ts";
import type { Library } from "./library.ts";
import type { Overrides } from "./override.ts";
import { settingsOn } from "./sampler.ts";
import { isGroup, isNamed } from "./setting.ts";

/** The families or data sets that a request names; where it names none that is known, all there are. */
function namedEntries(
  group: "family" | "data",
  overrides: Pick<Overrides, "settings" | "axes" | "experiment">,
  catalogue: Catalogue,
  library: Library,
): readonly Pick<Family | DatasetDefinition, "options">[] {
  const file = overrides.experiment && library.load(overrides.experiment.name);
  const said = [overrides, ...(file ? [file] : [])].flatMap(({ settings, axes }) => [
    ...settings,
    ...axes.flatMap(settingsOn),
  ]);
  const names = namedBy(said, group, { catalogue, load: (name) => library.load(name) });
  const registry = group === "family" ? catalogue.families : catalogue.datasets;
  return names.length > 0 ? names.map((name) => registry.get(name)) : registry.all;
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
    if (option === "name")
      return isNamed(group) ? entryNames(catalogue, library, group) : library.names(group);
    if (group !== "family" && group !== "data") return words([catalogue[group]], option);
    const own = namedEntries(group, overrides, catalogue, library).map(({ options }) => options);
    return words(group === "data" ? [catalogue.data, ...own] : own, option);
  };
}
