import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tf as engineTf } from "../../../src/engine/index.ts";
import { loadCatalogue } from "../../../src/runner/load-catalogue.ts";
import { loadPlugin } from "../../../src/runner/plugins/load-plugin.ts";
import { UserError } from "../../../src/runner/user-error.ts";
import { familySource, pluginFolder, type PluginFolder } from "./plugin-folder.ts";

const test = suite<{ folder: PluginFolder }>("loading plugins");
test.before((context) => {
  context.folder = pluginFolder();
});
test.after(({ folder }) => {
  folder.remove();
});

/** The reason why a plugin of this source cannot be used. */
async function reason(folder: PluginFolder, name: string, source: string): Promise<string> {
  folder.write(name, source);
  const loaded = await loadPlugin(`./${name}`, [folder.path]);
  assert.ok("reason" in loaded, "the plugin loads");
  return loaded.reason;
}

test("TypeScript and each form of JavaScript load from a folder without node_modules", async ({
  folder,
}) => {
  const data = 'name: "NAME", summary: "s", source: "s", options: {}, load: () => 0';
  const asModule = `export const plugin = { datasets: [{ ${data} }] };`;
  const sources = {
    "a.ts": familySource("family-a", "type Unused = { readonly x: number };"),
    "b.mjs": `import { definePlugin } from "flowmeter"; if (!definePlugin) throw 0; ${asModule}`,
    "c.js": asModule,
    "d.cjs": `const { definePlugin } = require("flowmeter"); if (!definePlugin) throw 0;
      exports.plugin = { datasets: [{ ${data} }] };`,
  };
  for (const [name, source] of Object.entries(sources))
    folder.write(name, source.replace("NAME", `data-${name[0] ?? ""}`));
  const specs = Object.keys(sources).map((name) => `./${name}`);
  const { families, datasets, plugins, broken } = await loadCatalogue(specs, [folder.path]);
  assert.equal(broken, []);
  assert.is(plugins.length, 4);
  assert.ok(families.find("family-a"));
  for (const name of ["data-b", "data-c", "data-d"]) assert.ok(datasets.find(name), name);
});

test("what a plugin imports of Flowmeter and TensorFlow.js is what runs", async ({ folder }) => {
  folder.write(
    "identity.ts",
    `import * as whole from "@tensorflow/tfjs"; import { add } from "@tensorflow/tfjs-core";
     import { ModelError } from "flowmeter"; import { tf } from "flowmeter/flows";
     import { check } from "flowmeter/contract"; import { solvers } from "flowmeter/ode";
     import { helper } from "./parts/helper.ts";
     export const plugin = {};
     export const got = { whole, add, ModelError, tf, check, solvers, helper };`,
  );
  folder.write(
    "parts/helper.ts",
    'import { tf } from "flowmeter/flows"; export const helper = () => tf;',
  );
  const { evaluateFile } = await import("../../../src/runner/plugins/evaluate-file.ts");
  const { ModelError } = await import("../../../src/index.ts");
  const { check } = await import("../../../src/contract/index.ts");
  const { module } = await evaluateFile(`${folder.path}/identity.ts`);
  const { got } = module as { got: Record<string, unknown> & { helper: () => unknown } };
  assert.is(got["tf"], engineTf);
  assert.is(got.helper(), engineTf);
  assert.is(got["ModelError"], ModelError);
  assert.is(got["check"], check);
  assert.is(got["solvers"], (await import("../../../src/ode/solvers.ts")).solvers);
  assert.is(got["add"], engineTf.add);
  assert.is((got["whole"] as { engine: unknown }).engine, engineTf.engine);
});

test("a plugin that throws is named with its own words and place", async ({ folder }) => {
  const text = await reason(
    folder,
    "throws.ts",
    'import "flowmeter";\nfunction setUp(): never {\n  throw new RangeError("no licence");\n}\nsetUp();\n',
  );
  assert.match(text, /no licence/);
  assert.match(text, /at setUp .*throws\.ts:3:/);
  assert.not.match(text, /jiti|node:internal/);
});

test("a plugin that cannot be read says why", async ({ folder }) => {
  const syntax = await reason(folder, "syntax.ts", "export const plugin = {\n  families: [;\n");
  assert.match(syntax, /Unexpected token/);
  assert.match(syntax, /syntax\.ts:2/);
  // Frames without a file, such as `async Promise.all (index 3)`, lead nowhere.
  assert.not.match(syntax, /Promise/);
  const missing = await reason(folder, "lacks.ts", 'import "not-installed";');
  assert.match(missing, /Cannot find module 'not-installed'/);
  const absent = await loadPlugin("./absent.ts", [folder.path]);
  assert.ok("reason" in absent);
  assert.match(absent.reason, /no such file or package/);
});

test("what is wrong with the parts of a plugin is said for each of them", async ({ folder }) => {
  assert.match(await reason(folder, "none.ts", "export const plug = 1;"), /no export "plugin"/);
  assert.match(
    await reason(folder, "null.ts", "export const plugin = null;"),
    /its export "plugin" is no plugin but null/,
  );
  const text = await reason(
    folder,
    "ill.ts",
    `import { integer } from "flowmeter/options";
     export const plugin = {
       families: [{ name: "No Kebab", summary: 3, paper: "p", supports: { tabular: true, image: false, conditional: false, minDim: 0 },
         training: { emma: 1, clip: -1 }, options: { few: integer(0, "doc", { min: 1 }), hand: { default: 1 } } }],
       datasets: [{ name: "fine", summary: "", source: "", options: {} }, 7],
       metrics: {}, mixings: { turn: 3 }, famlies: [],
     };`,
  );
  for (const expected of [
    /family "No Kebab": name: expected lower-case words/,
    /summary: expected a text, got 3/,
    /build: expected a function build\(.*got undefined/,
    /minDim: expected a whole number of at least 1, got 0/,
    /training: emma: no such option\. Did you mean "ema"\?/,
    /training: clip: expected a finite number above 0, or null, got -1/,
    /option "few": the default 0 is not a whole number of at least 1/,
    /option "hand": accepts: expected a function/,
    /data set "fine": load: expected a function/,
    /data set number 2: expected an object, got 7/,
    /metrics: expected a list, got an object/,
    /mixings: "turn": expected a function, got 3/,
    /unknown part "famlies"\. Did you mean "families"\?/,
  ])
    assert.match(text, expected);
});

test("a name that is taken is an error that names both", async ({ folder }) => {
  folder.write("one.ts", familySource("twice"));
  folder.write("two.ts", familySource("twice"));
  folder.write("nvp.ts", familySource("real-nvp"));
  const load = (...specs: string[]) => loadCatalogue(specs, [folder.path]);
  const rejection = async (promise: Promise<unknown>): Promise<Error> => {
    try {
      await promise;
    } catch (error) {
      assert.instance(error, UserError);
      return error as Error;
    }
    throw new Error("it loads");
  };
  const both = await rejection(load("./one.ts", "./two.ts"));
  assert.match(both.message, /two\.ts: its family "twice" has a name that plugin .*one\.ts uses/);
  assert.match((await rejection(load("./nvp.ts"))).message, /that Flowmeter itself uses already/);
  // Likelihoods are no metrics of draws, but stand among them in evaluation.metrics.
  folder.write(
    "kl.ts",
    `export const plugin = { metrics: [{ name: "kl", summary: "", paper: "",
      compute: () => Promise.resolve({ metrics: {} }) }] };`,
  );
  const { message } = await rejection(load("./kl.ts"));
  assert.match(message, /its metric "kl" has a name that Flowmeter itself uses/);
});

test("a second copy of TensorFlow.js is refused, each time", async ({ folder }) => {
  folder.write(
    "node_modules/@tensorflow/tfjs-core/package.json",
    '{ "name": "@tensorflow/tfjs-core", "main": "index.js" }',
  );
  folder.write("node_modules/@tensorflow/tfjs-core/index.js", "exports.add = () => 0;");
  folder.write("node_modules/ops/package.json", '{ "name": "ops", "main": "index.js" }');
  folder.write("node_modules/ops/index.js", 'exports.ops = require("@tensorflow/tfjs-core");');
  for (const name of ["copy-one.ts", "copy-two.ts"]) {
    const text = await reason(folder, name, `import "ops";\n${familySource("copied")}`);
    assert.match(text, /a copy of TensorFlow\.js of its own/);
  }
});

test("an installed package is a plugin by its name", async ({ folder }) => {
  folder.write(
    "node_modules/flow-pack/package.json",
    '{ "name": "flow-pack", "type": "module", "exports": { "import": "./lib/main.js" } }',
  );
  folder.write("node_modules/flow-pack/lib/main.js", familySource("packed"));
  const { families, plugins } = await loadCatalogue(["flow-pack"], [folder.path]);
  assert.ok(families.find("packed"));
  assert.is(plugins[0]?.spec, "flow-pack");
});

test("the digest is that of the plugin's own files, wherever they lie", async ({ folder }) => {
  const digest = async (place: string): Promise<string> => {
    const loaded = await loadPlugin(`./${place}/main.ts`, [folder.path]);
    if ("reason" in loaded) throw new Error(loaded.reason);
    return loaded.digest;
  };
  const main = familySource("digested", 'import "./helper.ts";');
  for (const place of ["here", "elsewhere"]) {
    folder.write(`${place}/main.ts`, main);
    folder.write(`${place}/helper.ts`, "export const x = 1;");
  }
  const first = await digest("here");
  assert.is(await digest("elsewhere"), first);
  // Read again in the same process, through the file that imports it.
  folder.write("here/helper.ts", "export const x = 2;");
  assert.is.not(await digest("here"), first);
  folder.write("here/helper.ts", "export const x = 1;");
  assert.is(await digest("here"), first);
});

test("networks, mixings and bases of a plugin become words of the options", async ({ folder }) => {
  const { couplingOptions } = await import("../../../src/flows/coupling-family.ts");
  assert.not.ok(couplingOptions.mixing.accepts("same"));
  folder.write(
    "words.ts",
    `import { mlp, standardNormal } from "flowmeter/flows";
     export const plugin = {
       networks: { "my-net": mlp }, mixings: { same: () => undefined }, bases: { flat: (dim) => standardNormal(dim) },
     };`,
  );
  await loadCatalogue(["./words.ts"], [folder.path]);
  assert.ok(couplingOptions.mixing.accepts("same"));
  assert.match(couplingOptions.mixing.expected, /rotation.*same/);
  assert.ok(couplingOptions.conditioner.accepts("my-net"));
  assert.ok(couplingOptions.base.accepts("flat"));
  folder.write("clash.ts", "export const plugin = { mixings: { rotation: () => undefined } };");
  try {
    await loadCatalogue(["./clash.ts"], [folder.path]);
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      /its mixing "rotation" has a name that Flowmeter itself/,
    );
  }
});

test.run();
