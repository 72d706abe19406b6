import { ENGINES } from "../engine/program.ts";
import { integer } from "../options.ts";
import { trainingOptions } from "../training/options.ts";
import type { Catalogue } from "./catalogue.ts";
import { dataOptions } from "./data-options.ts";
import { evaluationOptions, LIKELIHOOD } from "./evaluation-options.ts";
import type { BrokenPlugin, LoadedPlugin } from "./plugins/loaded-plugin.ts";
import { register } from "./plugins/register.ts";
import { registerWords } from "./plugins/register-words.ts";

/** The keys `engine.…` beside its name. */
const engineOptions = {
  threads: integer(1, "threads inside one operation", { min: 1 }),
};

/**
 * Families, data sets and metrics, built in and of plugins, loaded only now: they bring TensorFlow.js with them.
 *
 * @param specs files and packages of plugins, as the configuration's key `plugins` names them
 * @param folders where their relative paths start and packages are looked up; the first that has it counts
 * @throws UserError where two things have one name; a plugin that is broken is no error but listed
 */
export async function loadCatalogue(
  specs: readonly string[] = [],
  folders: readonly string[] = [process.cwd()],
): Promise<Catalogue> {
  const [{ families }, { datasets }, builtIn, { plugins, broken }] = await Promise.all([
    import("../families.ts"),
    import("../datasets/index.ts"),
    import("../evaluation/metrics/index.ts"),
    loadPlugins(specs, folders),
  ]);
  if (plugins.length > 0) await registerWords(plugins);
  const likelihood = Object.keys(LIKELIHOOD);
  const metrics = register("metric", builtIn.metrics, plugins, (p) => p.metrics, likelihood);
  return {
    families: register("family", families, plugins, (plugin) => plugin.families),
    datasets: register("data set", datasets, plugins, (plugin) => plugin.datasets),
    metrics,
    data: dataOptions,
    training: trainingOptions,
    evaluation: evaluationOptions(metrics.names),
    engine: engineOptions,
    engines: ENGINES,
    plugins,
    broken,
  };
}

/** One after the other, since each is watched for what it brings. The loader itself comes only where it is needed. */
async function loadPlugins(
  specs: readonly string[],
  folders: readonly string[],
): Promise<Pick<Catalogue, "plugins" | "broken">> {
  if (specs.length === 0) return { plugins: [], broken: [] };
  const { loadPlugin } = await import("./plugins/load-plugin.ts");
  const plugins: LoadedPlugin[] = [];
  const broken: BrokenPlugin[] = [];
  for (const spec of new Set(specs)) {
    const loaded = await loadPlugin(spec, folders);
    if ("reason" in loaded) broken.push(loaded);
    else plugins.push(loaded);
  }
  return { plugins, broken };
}
