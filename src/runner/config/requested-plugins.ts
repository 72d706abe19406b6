import type { Library } from "./library.ts";
import type { Overrides } from "./override.ts";
import { keyOf, type Setting } from "./setting.ts";

const isPlugins = (setting: Setting): boolean => keyOf(setting) === "plugins";

const specsIn = (settings: readonly Setting[]): readonly string[] =>
  settings.flatMap(({ value }) =>
    Array.isArray(value) ? value.filter((spec): spec is string => typeof spec === "string") : [],
  );

/**
 * All plugins that the runs of a request may name. They are needed before the request can be understood, as they say
 * which families there are. What the command line says of them replaces what the experiment says, as everywhere.
 */
export function requestedPlugins(
  { settings, experiment }: Pick<Overrides, "settings" | "experiment">,
  library: Library,
): readonly string[] {
  const last = settings.findLast(isPlugins);
  if (last !== undefined) return last.op === "delete" ? [] : specsIn([last]);
  const file = experiment && library.load(experiment.name);
  if (file === undefined) return [];
  const varied = file.axes.flatMap(({ points }) => points.flat());
  return [...new Set(specsIn([...file.settings, ...varied].filter(isPlugins)))];
}
