import type { Catalogue } from "./catalogue.ts";
import { configHash } from "./config/config-hash.ts";
import { loadCatalogue } from "./load-catalogue.ts";
import { describeBroken } from "./plugins/loaded-plugin.ts";
import { usedPlugins } from "./plugins/used-plugins.ts";
import type { StoredRun } from "./store/run-folder.ts";
import { UserError } from "./user-error.ts";
import { VERSION } from "./version.ts";

export type Described = Pick<StoredRun, "config" | "configHash" | "version" | "cwd">;

/**
 * Whether plugins that a run makes use of have other sources than when the run was set up, or cannot be used any more. Of
 * another version of Flowmeter this cannot be known.
 */
export function haveChanged(
  { config, configHash: before, version }: Omit<Described, "cwd">,
  { plugins }: Catalogue,
): boolean {
  if (config.plugins.length === 0 || version !== VERSION) return false;
  const sources = usedPlugins(config, plugins).map(({ digest }) => digest);
  return configHash(config, VERSION, sources) !== before;
}

/**
 * The catalogue with the plugins that a stored run names. Their relative paths start at the folder in which the run was
 * set up; where they are not found, since all has been moved, at the working directory.
 *
 * @param of what the run needs: a trained model can do without its data set
 * @throws UserError if what it needs is missing, with what is wrong with the plugins that may hold it
 */
export async function storedCatalogue(
  { config, cwd }: Pick<Described, "config" | "cwd">,
  of: readonly ("family" | "data")[] = ["family", "data"],
): Promise<Catalogue> {
  const catalogue = await loadCatalogue(config.plugins, [cwd, process.cwd()]);
  const registries = { family: catalogue.families, data: catalogue.datasets };
  const missing = of.flatMap((group) => {
    const { name, ...values } = config[group];
    const found = registries[group].find(name);
    if (found === undefined) return `the ${registries[group].kind} "${name}"`;
    // A word that a plugin added, such as a mixing.
    return Object.entries(found.options)
      .filter(([key, option]) => key in values && !option.accepts(values[key]))
      .map(([key]) => `${group}.${key}=${String(values[key])}`);
  });
  if (missing.length > 0 && catalogue.broken.length > 0)
    throw new UserError(
      [...catalogue.broken.map(describeBroken), `The run needs ${missing.join(" and ")}.`].join(
        "\n",
      ),
    );
  return catalogue;
}

/** Throws UserError if the run would go on with other plugins than it was set up with. */
export function assertUnchanged(run: Omit<Described, "cwd">, catalogue: Catalogue): void {
  if (!haveChanged(run, catalogue)) return;
  const broken = catalogue.broken.map(describeBroken);
  throw new UserError(
    [
      ...broken,
      `plugin ${run.config.plugins.join(", ")}: ${broken.length > 0 ? "what this run needs of it" : "its source"} changed since this run was set up, so its numbers would belong to another family, metric or data set; start a new run, which gets a folder of its own.`,
    ].join("\n"),
  );
}
