import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { datasetContract, metricContract } from "../../src/contract/index.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import type { RunRecord } from "../../src/record.ts";
import { familySource, pluginFolder, type PluginFolder } from "../runner/plugins/plugin-folder.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: PluginFolder }>("plugins on the command line");
test.before((context) => {
  context.folder = pluginFolder();
});
test.after(({ folder }) => {
  folder.remove();
});

/** A template written by the command; its path. */
function write(folder: PluginFolder, kind: string): string {
  const made = flowmeter(folder.path, "plugin", "new", "try-it", "--kind", kind, "--out", kind);
  assert.is(made.code, 0, made.stderr);
  const path = made.stdout.trim();
  assert.is(path, join(kind, "try-it.ts"));
  const text = readFileSync(join(folder.path, path), "utf8");
  assert.not.match(text, /my.?(?:flow|data|metric)|my[FDM]|FILE/);
  return path;
}

test("plugin new writes a family that passes plugin test", ({ folder }) => {
  const { code, stdout } = flowmeter(folder.path, "plugin", "test", write(folder, "family"));
  assert.is(code, 0, stdout);
  assert.match(stdout, /^family "try-it"$/m);
  assert.match(stdout, /^ {2}✓ try-it at D = 2: decode undoes encode/m);
  assert.match(stdout, /^\d+ passed, 0 failed in/m);
});

test("plugin new writes data sets and metrics that pass their contracts", async ({ folder }) => {
  const paths = [write(folder, "dataset"), write(folder, "metric")];
  const catalogue = await loadCatalogue(paths, [folder.path]);
  const checks = [
    ...datasetContract(catalogue.datasets.get("try-it")),
    ...metricContract(catalogue.metrics.get("try_it")),
  ];
  for (const { run } of checks) await run();
});

test("plugin new overwrites nothing and takes no name that no family could have", ({ folder }) => {
  const mine = "// mine";
  folder.write("kept.ts", mine);
  const again = flowmeter(folder.path, "plugin", "new", "kept");
  assert.is(again.code, 2);
  assert.match(again.stderr, /kept\.ts exists already/);
  assert.is(readFileSync(join(folder.path, "kept.ts"), "utf8"), mine);
  const odd = flowmeter(folder.path, "plugin", "new", "../Odd");
  assert.is(odd.code, 2);
  assert.match(odd.stderr, /lower-case words/);
});

test("plugin new refuses names that Flowmeter itself has: such plugins could not be used", ({
  folder,
}) => {
  for (const [kind, name, taken] of [
    ["family", "real-nvp", "real-nvp"],
    ["dataset", "two-moons", "two-moons"],
    ["metric", "nll", "nll"],
    ["metric", "sliced-wasserstein", "sliced_wasserstein"],
  ] as const) {
    const { code, stderr } = flowmeter(folder.path, "plugin", "new", name, "--kind", kind);
    assert.is(code, 2, name);
    assert.match(stderr, `has a ${kind} "${taken}"; choose another name`);
    assert.not.ok(existsSync(join(folder.path, `${name}.ts`)));
  }
});

test("plugin test ends with 1 and the reason where a check fails, with 2 where nothing loads", ({
  folder,
}) => {
  // The slope of x · exp(s) + t is exp(s), not exp(2 s).
  const wrong = familySource("wrong").replace(
    "affine({ clamp })",
    `({ ...affine({ clamp }), forward(x, raw) {
      const { y, logSlope } = affine({ clamp }).forward(x, raw);
      return { y, logSlope: tf.mul(logSlope, 2) };
    } })`,
  );
  folder.write("wrong.ts", `import { tf } from "flowmeter/flows";\n${wrong}`);
  const failed = flowmeter(folder.path, "plugin", "test", "wrong.ts", "--filter", "D = 2: log-det");
  assert.is(failed.code, 1);
  assert.match(failed.stdout, /✗ wrong at D = 2: log-det of encode equals the autodiff Jacobian's/);
  assert.match(failed.stdout, /✓ wrong at D = 2: log-det of decode/);
  assert.match(failed.stdout, /logDet\(encode\): entry 0 is .*, expected/);
  assert.match(failed.stdout, /^1 passed, 1 failed/m);
  folder.write("unread.ts", "export const plugin = 3;");
  const unread = flowmeter(folder.path, "plugin", "test", "unread.ts");
  assert.is(unread.code, 2);
  assert.match(unread.stderr, /plugin \.\/unread\.ts: its export "plugin" is no plugin but 3/);
});

test("a sweep's processes, and commands from elsewhere, know the plugins of its runs", ({
  folder,
}) => {
  folder.write("flows/one.ts", familySource("one"));
  folder.write("flows/two.ts", familySource("two"));
  folder.write("flows/broken.ts", "throw new Error('not yet');");
  folder.write(
    "experiments/mine.yaml",
    "plugins: [../flows/one.ts, ../flows/two.ts, ../flows/broken.ts]\ndata: { name: two-moons, size: 300 }\n" +
      "training: { steps: 5 }\nevaluation: { samples: 10 }\nsweep: { family: [one, two] }\n",
  );
  const sweep = flowmeter(folder.path, "sweep", "experiment=mine", "-j", "2", "--out", "s");
  assert.is(sweep.code, 0, sweep.stderr);
  assert.match(sweep.stderr, /plugin \.\/flows\/broken\.ts: .*not yet[\s\S]*Nothing here needs it/);
  const runs = readdirSync(join(folder.path, "s")).filter((name) => /^(one|two)-/.test(name));
  assert.is(runs.length, 2);
  for (const run of runs) {
    const record = JSON.parse(
      readFileSync(join(folder.path, "s", run, "result.json"), "utf8"),
    ) as RunRecord;
    assert.is(record.status, "done");
    const names = Object.keys(record.provenance["plugins"] ?? {});
    assert.equal(names, [`./flows/${record.family}.ts`], "digests of plugins that it made use of");
  }
  const [run = ""] = runs;
  const out = join(folder.path, "draws.csv");
  const elsewhere = join(folder.path, "flows");
  const sample = flowmeter(elsewhere, "sample", join("..", "s", run), "--n", "3", "--out", out);
  assert.is(sample.code, 0, sample.stderr);
  assert.ok(existsSync(out));
});

test("a family that gives a wrong shape fails its run with its name and the function's", ({
  folder,
}) => {
  const source = familySource("narrow").replace(
    "affine({ clamp })",
    "({ ...affine({ clamp }), forward: (x, raw) => ({ y: x, logSlope: raw.sum(1, true).sum(1).expandDims(0) }) })",
  );
  folder.write("narrow.ts", source);
  const { code, stdout, stderr } = flowmeter(
    folder.path,
    ...["run", "plugins=narrow.ts", "family=narrow", "data=two-moons", "--out", "n"],
  );
  assert.is(code, 1, stderr);
  assert.match(
    stdout,
    /family "narrow": transformer\.forward, logSlope: expected a tensor of shape \[\d+, 1\], .*, got \[1, \d+\]/,
  );
});

test("plugin list and list name what plugins bring, and what is wrong with them", ({ folder }) => {
  folder.write("one.ts", familySource("one"));
  const listed = flowmeter(folder.path, "plugin", "list", "plugins=one.ts,gone.ts");
  assert.match(listed.stdout, /^\.\/one\.ts +families: one$/m);
  assert.match(listed.stdout, /^\.\/gone\.ts +cannot be used: there is no such file/m);
  assert.is(listed.code, 2);
  assert.is(flowmeter(folder.path, "plugin", "list", "plugins=one.ts").code, 0);
  const { stdout } = flowmeter(folder.path, "list", "families", "plugins=one.ts");
  assert.match(stdout, /^one +for tests$/m);
});

test.run();
