import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createLibrary } from "../../../src/runner/config/library.ts";
import { parseOverrides } from "../../../src/runner/config/override.ts";
import { ConfigError } from "../../../src/runner/config/problem.ts";
import { requestedPlugins } from "../../../src/runner/config/requested-plugins.ts";
import { resolveRuns, type ResolvedRun } from "../../../src/runner/config/resolve.ts";
import { loadCatalogue } from "../../../src/runner/load-catalogue.ts";
import { assertUnchanged, storedCatalogue } from "../../../src/runner/stored-catalogue.ts";
import { UserError } from "../../../src/runner/user-error.ts";
import { VERSION } from "../../../src/runner/version.ts";
import { familySource, pluginFolder, type PluginFolder } from "./plugin-folder.ts";

const test = suite<{ folder: PluginFolder; home: string }>("plugins of a configuration");
test.before((context) => {
  context.folder = pluginFolder();
  context.home = process.cwd();
});
test.before.each(({ folder }) => {
  process.chdir(folder.path);
});
test.after(({ folder, home }) => {
  process.chdir(home);
  folder.remove();
});

/** What the command line does with these overrides. */
async function resolve(...texts: string[]): Promise<readonly ResolvedRun[]> {
  const library = createLibrary(["experiments"]);
  const overrides = parseOverrides(texts);
  const catalogue = await loadCatalogue(requestedPlugins(overrides, library));
  return resolveRuns({ overrides }, catalogue, library);
}
const only = async (...texts: string[]): Promise<ResolvedRun> => {
  const [run] = await resolve(...texts);
  if (run === undefined) throw new Error("no run");
  return run;
};

test("a path in a file starts at that file, one on the command line at the working directory", async ({
  folder,
}) => {
  folder.write("experiments/flows/mine.ts", familySource("mine"));
  folder.write(
    "experiments/mine.yaml",
    "plugins: [./flows/mine.ts]\nfamily: mine\ndata: two-moons\n",
  );
  const fromFile = await only("experiment=mine");
  assert.equal(fromFile.config.plugins, ["./experiments/flows/mine.ts"]);
  assert.is(fromFile.config.family.name, "mine");
  const one = await only("plugins=experiments/flows/mine.ts", "family=mine", "data=two-moons");
  assert.equal(one.config.plugins, ["./experiments/flows/mine.ts"]);
  assert.is(one.configHash, fromFile.configHash);
});

test("names with commas between them are a list, not a sweep", async ({ folder }) => {
  folder.write("a.ts", familySource("fam-a"));
  folder.write("b.ts", familySource("fam-b"));
  const runs = await resolve("plugins=./a.ts,./b.ts", "family=fam-a,fam-b", "data=two-moons");
  assert.equal(
    runs.map(({ config }) => config.family.name),
    ["fam-a", "fam-b"],
  );
});

test("the hash covers the source of a plugin that is used, and only of that", async ({
  folder,
}) => {
  folder.write("a.ts", familySource("fam-a"));
  folder.write("b.ts", familySource("fam-b"));
  const hash = async (plugins: string, family: string): Promise<string> =>
    (await only(`plugins=${plugins}`, `family=${family}`, "data=two-moons")).configHash;
  const used = await hash("./a.ts", "fam-a");
  const unused = await hash("./a.ts", "gaussian");
  assert.is(await hash("[]", "gaussian"), unused, "a plugin without a part in it");
  assert.is(await hash("./a.ts,./b.ts", "fam-a"), used, "a second plugin without a part in it");
  // The same text elsewhere is the same plugin.
  folder.write("far/away/a.ts", familySource("fam-a"));
  assert.is(await hash("./far/away/a.ts", "fam-a"), used);
  folder.write("a.ts", familySource("fam-a", "// another clamp"));
  assert.is.not(await hash("./a.ts", "fam-a"), used);
  assert.is(await hash("./a.ts", "gaussian"), unused);
});

test("a run names the sources of the plugins that it makes use of", async ({ folder }) => {
  folder.write("a.ts", familySource("fam-a"));
  folder.write("b.ts", familySource("fam-b"));
  const digests = async (family: string) =>
    (await only("plugins=./a.ts,./b.ts", `family=${family}`, "data=two-moons")).pluginDigests;
  const { "./a.ts": before = "", ...others } = (await digests("fam-a")) ?? {};
  assert.match(before, /^[0-9a-f]+$/);
  assert.equal(others, {});
  assert.is(await digests("gaussian"), undefined);
  folder.write("a.ts", familySource("fam-a", "// another clamp"));
  assert.is.not((await digests("fam-a"))?.["./a.ts"], before);
});

test("a broken plugin stops a configuration that needs it, with the reason, and no other", async ({
  folder,
}) => {
  folder.write("broken.ts", 'throw new Error("half written");');
  folder.write("a.ts", familySource("fam-a"));
  const { config } = await only("plugins=./broken.ts,./a.ts", "family=fam-a", "data=two-moons");
  assert.is(config.family.name, "fam-a");
  try {
    await resolve("plugins=./broken.ts,./a.ts", "family=gone", "data=two-moons");
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.match((error as Error).message, /plugin \.\/broken\.ts: .*half written/);
    assert.match((error as Error).message, /unknown family "gone"/);
  }
});

test("a metric of a plugin can be asked for", async ({ folder }) => {
  const source = `export const plugin = { metrics: [{ name: "my_metric", summary: "", paper: "",
    compute: () => Promise.resolve({ metrics: {} }) }] };`;
  folder.write("metric.ts", source);
  const texts = ["family=gaussian", "data=two-moons", "evaluation.metrics=[nll,my_metric]"];
  const { configHash } = await only("plugins=metric.ts", ...texts);
  folder.write("metric.ts", `${source}\n// changed`);
  assert.is.not((await only("plugins=metric.ts", ...texts)).configHash, configHash);
  mkdirSync(join(folder.path, "empty"), { recursive: true });
  try {
    await resolve(...texts);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /my_metric/);
  }
});

/** What a run that was set up with these overrides says of the plugins as they are now. */
async function takenUp(run: ResolvedRun, cwd: string): Promise<void> {
  const stored = { ...run, version: VERSION, cwd };
  assertUnchanged(stored, await storedCatalogue(stored));
}

test("a run whose metric is in a plugin that broke does not go on without it", async ({
  folder,
}) => {
  const source = `export const plugin = { metrics: [{ name: "own_metric", summary: "", paper: "",
    compute: () => Promise.resolve({ metrics: {} }) }] };`;
  folder.write("own.ts", source);
  folder.write("idle.ts", familySource("idle"));
  const texts = ["plugins=./own.ts,./idle.ts", "family=gaussian", "data=two-moons"];
  const run = await only(...texts, "evaluation.metrics=[nll,own_metric]");
  const other = await only(...texts);
  await takenUp(run, folder.path);
  for (const now of ['throw new Error("half written");', "export const plugin = {};"]) {
    folder.write("own.ts", now);
    try {
      await takenUp(run, folder.path);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, /plugin \.\/own\.ts.*/);
    }
    // What has no part in a run may be anything.
    await takenUp(other, folder.path);
  }
});

test("a trained run whose mixing is in a plugin that broke says so", async ({ folder }) => {
  folder.write("mix.ts", 'throw new Error("half written");');
  const { config } = await only("plugins=./mix.ts", "family=real-nvp", "data=two-moons");
  await storedCatalogue({ config, cwd: folder.path }, ["family"]);
  const family = { ...config.family, mixing: "still" };
  try {
    await storedCatalogue({ config: { ...config, family }, cwd: folder.path }, ["family"]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /half written[^]*family\.mixing=still/);
  }
});

test.run();
