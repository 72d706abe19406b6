import type { WordTable } from "../../word-table.ts";
import { UserError } from "../user-error.ts";
import type { LoadedPlugin } from "./loaded-plugin.ts";

function addAll<T>(
  table: WordTable<T>,
  things: Readonly<Record<string, T>> | undefined,
  spec: string,
): void {
  for (const [word, thing] of Object.entries(things ?? {})) {
    const owner = table.add(word, thing, `plugin ${spec}`);
    if (owner !== undefined)
      throw new UserError(
        `plugin ${spec}: its ${table.kind} "${word}" has a name that ${owner} uses already; rename it.`,
      );
  }
}

const byName = <T extends { readonly name: string }>(things: readonly T[] = []) =>
  Object.fromEntries(things.map((thing) => [thing.name, thing]));

/**
 * Adds the networks, mixings, bases and solvers of plugins to the words that options of families know, for the rest of this
 * process.
 *
 * @throws UserError where a word is taken
 */
export async function registerWords(plugins: readonly LoadedPlugin[]): Promise<void> {
  const [{ networks }, { mixings }, { bases }, { solvers }] = await Promise.all([
    import("../../nn/networks.ts"),
    import("../../flows/mixing.ts"),
    import("../../flows/base-distribution.ts"),
    import("../../ode/solvers.ts"),
  ]);
  for (const { spec, plugin } of plugins) {
    addAll(networks, plugin.networks, spec);
    addAll(mixings, plugin.mixings, spec);
    addAll(bases, plugin.bases, spec);
    addAll(solvers, byName(plugin.solvers), spec);
  }
}
