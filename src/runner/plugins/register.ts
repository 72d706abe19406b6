import { createRegistry, type Registry } from "../../registry.ts";
import { UserError } from "../user-error.ts";
import type { LoadedPlugin } from "./loaded-plugin.ts";

interface Named {
  readonly name: string;
}

/**
 * The built-in things of one kind and those of the plugins.
 *
 * @param kind in the singular: "family"
 * @param reserved further names that are taken
 * @throws UserError where two of them carry one name, with who brings them
 */
export function register<T extends Named>(
  kind: string,
  builtIn: readonly T[],
  plugins: readonly LoadedPlugin[],
  of: (plugin: LoadedPlugin["plugin"]) => readonly T[] | undefined,
  reserved: readonly string[] = [],
): Registry<T> {
  const own = [...builtIn.map(({ name }) => name), ...reserved];
  const owners = new Map(own.map((name) => [name, "Flowmeter itself"]));
  const added: T[] = [];
  for (const { spec, plugin } of plugins)
    for (const thing of of(plugin) ?? []) {
      const owner = owners.get(thing.name);
      if (owner !== undefined)
        throw new UserError(
          `plugin ${spec}: its ${kind} "${thing.name}" has a name that ${owner} uses already; rename it.`,
        );
      owners.set(thing.name, `plugin ${spec}`);
      added.push(thing);
    }
  return createRegistry(kind, [...builtIn, ...added]);
}
