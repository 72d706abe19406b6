import { suite } from "uvu";
import * as assert from "uvu/assert";
import { solvers } from "../../../src/ode/solvers.ts";
import { loadCatalogue } from "../../../src/runner/load-catalogue.ts";
import { loadPlugin } from "../../../src/runner/plugins/load-plugin.ts";
import { namesOf } from "../../../src/runner/plugins/used-plugins.ts";
import { UserError } from "../../../src/runner/user-error.ts";
import { pluginFolder, type PluginFolder } from "./plugin-folder.ts";

const test = suite<{ folder: PluginFolder }>("solvers of plugins");
test.before((context) => {
  context.folder = pluginFolder();
});
test.after(({ folder }) => {
  folder.remove();
});

/** Ralston's method, of order 2, in a plugin. */
const source = (name: string, weights = "[1 / 4, 3 / 4]", more = ""): string => `
  export const plugin = { solvers: [{ name: "${name}", paper: "Ralston (1962)", order: 2,
    nodes: [0, 2 / 3], matrix: [[], [2 / 3]], weights: ${weights}, ${more} }] };`;

test("a plugin's method is a word like the built-in ones", async ({ folder }) => {
  folder.write("ralston.ts", source("ralston"));
  folder.write("taken.ts", source("rk4"));
  const { plugins, broken } = await loadCatalogue(["./ralston.ts"], [folder.path]);
  assert.equal(broken, []);
  assert.equal(solvers.get("ralston").weights, [1 / 4, 3 / 4]);
  assert.equal(
    plugins.map(({ plugin }) => namesOf(plugin)),
    [["ralston"]],
  );
  try {
    await loadCatalogue(["./taken.ts"], [folder.path]);
    assert.unreachable("it is registered");
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /solver "rk4" has a name that Flowmeter itself uses/);
  }
});

test("a method that is none says what is wrong with it", async ({ folder }) => {
  const reason = async (name: string, text: string): Promise<string> => {
    folder.write(name, text);
    const loaded = await loadPlugin(`./${name}`, [folder.path]);
    assert.ok("reason" in loaded);
    return loaded.reason;
  };
  assert.match(
    await reason("sum.ts", source("ralston", "[1 / 4, 1 / 4]")),
    /solver "ralston": the weights sum to 0\.5, expected 1/,
  );
  const malformed = await reason("form.ts", source("ralston", '"none"', "embedded: {}"));
  assert.match(malformed, /weights: expected a list of numbers, got "none"/);
  assert.match(malformed, /solver "ralston": embedded: order: expected a whole number/);
});

test.run();
