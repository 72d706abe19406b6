import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { pluginFolder, type PluginFolder } from "../runner/plugins/plugin-folder.ts";
import { flowmeter } from "./flowmeter.ts";
import { attemptsAt, numbersOf, resultOf } from "./sweep-records.ts";

/** A family that cannot be trained: its loss throws what says that the user can put it right. */
const HOPELESS = `
import { definePlugin, ModelError } from "flowmeter";
import { affine, couplingFamily } from "flowmeter/flows";

const family = couplingFamily({
  name: "hopeless", summary: "for tests", paper: "none", options: {}, transformer: () => affine({ clamp: 2 }),
});
export const plugin = definePlugin({
  families: [{
    ...family,
    build: (args) => ({
      ...family.build(args),
      loss() {
        throw new ModelError("hopeless: it cannot be trained; choose another family.");
      },
    }),
  }],
});
`;
const TINY = [
  ...["data=two-moons", "data.size=300", "family.layers=2", "family.hidden=[8]"],
  ...["training.steps=20", "evaluation.samples=10"],
];
const FAILS = ["plugins=./hopeless.ts", "family=hopeless", ...TINY];
const WORKS = ["family=real-nvp", ...TINY];

const test = suite<{ folder: PluginFolder; root: string }>("a run that is done again");
test.before((context) => {
  context.folder = pluginFolder();
  context.root = context.folder.path;
  context.folder.write("hopeless.ts", HOPELESS);
});
test.after(({ folder }) => {
  folder.remove();
});

test("a run that fails in training is code 1 and keeps its log and record, also when it fails again", ({
  root,
}) => {
  const run = join(root, "fails");
  for (const [i, args] of [
    ["run", ...FAILS, "--out", "fails", "--json"],
    ["resume", "fails", "--json"],
    ["run", ...FAILS, "--out", "fails", "--json"],
  ].entries()) {
    const { code, stdout, stderr } = flowmeter(root, ...args);
    assert.is(code, 1, stderr);
    assert.not.match(stderr, /^\s+at /m, "what the user can put right has no stack");
    const { status, reason = "", provenance } = JSON.parse(stdout) as RunRecord;
    assert.is(status, "failed");
    assert.match(reason, /it cannot be trained; choose another family/);
    assert.is(provenance["attempts"], i + 1);
    assert.equal(resultOf(run), JSON.parse(stdout));
    assert.is(attemptsAt(run).length, i + 1);
    const log = readFileSync(join(run, `attempt-000${i + 1}`, "log.txt"), "utf8");
    assert.match(log, /error: .*it cannot be trained/);
  }
  assert.match(flowmeter(root, "status", "fails").stdout, /^failed .*it cannot be trained/);
});

test("a mistake that is found before training leaves what an earlier try has left", ({ root }) => {
  const rows = Array.from({ length: 40 }, (_, i) => `${Math.sin(i)},${Math.cos(2 * i)}`);
  writeFileSync(join(root, "rows.csv"), `a,b\n${rows.join("\n")}\n`);
  const data = ["data=file", "data.path=rows.csv", "family.layers=2", "training.steps=5"];
  const fails = ["run", "plugins=./hopeless.ts", "family=hopeless", ...data, "--out", "no-data"];
  const works = ["run", "family=real-nvp", ...data, "--out", "had-data"];
  assert.is(flowmeter(root, ...fails).code, 1);
  assert.is(flowmeter(root, ...works).code, 0);
  const [failed, done] = [join(root, "no-data"), join(root, "had-data")];
  const before = [failed, done].map((run) => readFileSync(join(run, "result.json"), "utf8"));
  writeFileSync(join(root, "rows.csv"), "a,b\n1,two\n");
  for (const args of [
    ["resume", "no-data"],
    [...works, "--force"],
  ]) {
    const { code, stderr } = flowmeter(root, ...args);
    assert.is(code, 2, stderr);
    assert.match(stderr, /rows\.csv/);
  }
  assert.equal(
    [failed, done].map((run) => readFileSync(join(run, "result.json"), "utf8")),
    before,
  );
  assert.ok(existsSync(join(done, "model.safetensors")));
  const fresh = flowmeter(root, ...works.slice(0, -1), "unmade");
  assert.is(fresh.code, 2);
  assert.not.ok(existsSync(join(root, "unmade")));
});

test("a result that was edited is not used again: the run is done anew, and the file kept", ({
  root,
}) => {
  const again = ["run", ...WORKS, "--out", "edited"];
  assert.is(flowmeter(root, ...again).code, 0);
  const run = join(root, "edited");
  const numbers = numbersOf(run);
  for (const args of [again, ["resume", "edited"]]) {
    const path = join(run, "result.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/"value": \d/, '"value": 7'));
    assert.match(flowmeter(root, "status", "edited").stdout, /^damaged .*not what the run wrote/);
    const { code, stderr } = flowmeter(root, ...args);
    assert.is(code, 0, stderr);
    assert.match(stderr, /edited\/result\.json was changed since it was written/);
    assert.equal(numbersOf(run), numbers);
    assert.ok(readdirSync(run).includes("result.damaged.json"));
  }
  assert.equal(attemptsAt(run), ["done", "done", "done"]);
});

test.run();
