import type { CommandModule } from "yargs";
import type { Check } from "../../contract/index.ts";
import type { Plugin } from "../../plugin.ts";
import { describeBroken } from "../../runner/plugins/loaded-plugin.ts";
import { messageOf, UserError } from "../../runner/user-error.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output.ts";

interface TestArguments {
  readonly path: string;
  readonly filter?: string | undefined;
}

interface Suite {
  /** `family "planar"`. */
  readonly title: string;
  readonly checks: readonly Check[];
}

// Small networks: the mathematics does not depend on their size, the time does.
const SMALL = { layers: 3, hidden: [12, 12] };

/** The contract of everything that a plugin brings. */
async function suitesOf(plugin: Plugin): Promise<Suite[]> {
  const { families = [], datasets = [], metrics = [], solvers = [] } = plugin;
  const contract = await import("../../contract/index.ts");
  return [
    ...families.map((family) => ({
      title: `family "${family.name}"`,
      checks: contract.familyContract(family, { options: SMALL }),
    })),
    ...datasets.map((dataset) => ({
      title: `data set "${dataset.name}"`,
      checks: contract.datasetContract(dataset),
    })),
    ...metrics.map((metric) => ({
      title: `metric "${metric.name}"`,
      checks: contract.metricContract(metric),
    })),
    ...solvers.map((solver) => ({
      title: `solver "${solver.name}"`,
      checks: contract.solverContract(solver),
    })),
  ];
}

/** Runs a check and says how it went; whether it holds. */
async function report({ name, run }: Check): Promise<boolean> {
  try {
    await run();
    print(`  ✓ ${name}`);
    return true;
  } catch (error) {
    const { firstFrame } = await import("../../runner/plugins/first-frame.ts");
    const at = firstFrame(error);
    print(`  ✗ ${name}`);
    for (const line of messageOf(error).split("\n")) print(`      ${line}`);
    if (at !== undefined) print(`      at ${at}`);
    return false;
  }
}

export const testPluginCommand: CommandModule<unknown, TestArguments> = {
  command: "test <path>",
  describe: "Check that what a plugin brings does what it must",
  builder: (args) =>
    args
      .positional("path", {
        type: "string",
        demandOption: true,
        describe: "a file or the name of a package",
      })
      .option("filter", { type: "string", describe: "only checks whose name contains this" })
      .example("$0 plugin test ./planar.ts", ""),
  async handler({ path, filter = "" }) {
    const { loadCatalogue } = await import("../../runner/load-catalogue.ts");
    const { rebasePlugins } = await import("../../runner/plugins/resolve-plugin.ts");
    const [spec] = rebasePlugins([path], process.cwd()) as [string];
    // With the built-in things beside it, so that a name that is taken is found.
    const { plugins, broken } = await loadCatalogue([spec]);
    if (broken.length > 0) throw new UserError(broken.map(describeBroken).join("\n"));
    const started = performance.now();
    let [passed, failed] = [0, 0];
    for (const { title, checks } of await suitesOf(plugins[0]?.plugin ?? {})) {
      print(title);
      for (const check of checks.filter(({ name }) => name.includes(filter)))
        if (await report(check)) passed++;
        else failed++;
    }
    if (passed + failed === 0) {
      note("There is nothing to check: the plugin brings no family, data set, metric or solver.");
      process.exitCode = EXIT.nothing;
      return;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`\n${passed} passed, ${failed} failed in ${seconds} s`);
    if (failed > 0) process.exitCode = EXIT.failed;
  },
};
