import type { Plugin } from "../../plugin.ts";
import type { LoadedPlugin } from "./loaded-plugin.ts";

/** Every name that a configuration can use because of this plugin. */
export function namesOf(plugin: Plugin): readonly string[] {
  const { families = [], datasets = [], metrics = [], solvers = [] } = plugin;
  const { networks = {}, mixings = {}, bases = {} } = plugin;
  return [
    ...[...families, ...datasets, ...metrics, ...solvers].map(({ name }) => name),
    ...[networks, mixings, bases].flatMap((table) => Object.keys(table)),
  ];
}

const textsIn = (x: unknown): readonly string[] =>
  typeof x === "string"
    ? [x]
    : typeof x === "object" && x !== null
      ? Object.values(x).flatMap(textsIn)
      : [];

/** The plugins that a configuration names something of; the others have no part in its numbers. */
export function usedPlugins(
  config: Readonly<Record<string, unknown>>,
  plugins: readonly LoadedPlugin[],
): readonly LoadedPlugin[] {
  const words = new Set(textsIn({ ...config, plugins: null }));
  return plugins.filter(({ plugin }) => namesOf(plugin).some((name) => words.has(name)));
}

/** Digests by the names that the configuration has for them, as records keep them. */
export const digestsByName = (plugins: readonly LoadedPlugin[]): Readonly<Record<string, string>> =>
  Object.fromEntries(plugins.map(({ spec, digest }) => [spec, digest]));
