import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../src/record.ts";
import { flowmeter } from "./cli/flowmeter.ts";
import { pluginFolder, type PluginFolder } from "./runner/plugins/plugin-folder.ts";

/** "How to add a family" of CONTRIBUTING.md: the file it shows, and the commands it gives. */
function howTo(): { readonly code: string; readonly commands: readonly string[][] } {
  const text = readFileSync(new URL("../CONTRIBUTING.md", import.meta.url), "utf8");
  const [, section = ""] = /^## How to add a family\n([\s\S]*?)^## /m.exec(text) ?? [];
  const [, code = ""] = /^```ts\n([\s\S]*?)^```/m.exec(section) ?? [];
  const lines = [...section.matchAll(/^flowmeter (.*)$/gm)];
  return { code, commands: lines.map(([, words = ""]) => words.split(" ")) };
}

const test = suite<{ folder: PluginFolder }>("how to add a family");
// A folder without node_modules: where a reader may well be.
test.before((context) => {
  context.folder = pluginFolder();
});
test.after(({ folder }) => {
  folder.remove();
});

test("the steps of CONTRIBUTING.md, followed to the letter, give a family that holds and trains", ({
  folder,
}) => {
  const { code, commands } = howTo();
  const [check, run, ...more] = commands;
  assert.ok(check && run && more.length === 0, "CONTRIBUTING.md gives two commands");
  folder.write("planar.ts", code);

  const checked = flowmeter(folder.path, ...check);
  assert.is(checked.code, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /✓ planar at D = 3: decode undoes encode/);
  assert.match(checked.stdout, /^\d+ passed, 0 failed/m);

  const trained = flowmeter(folder.path, ...run);
  assert.is(trained.code, 0, trained.stderr);
  const [name = ""] = readdirSync(join(folder.path, "runs"));
  const inRun = (...path: string[]): string =>
    readFileSync(join(folder.path, "runs", name, ...path), "utf8");
  const record = JSON.parse(inRun("result.json")) as RunRecord;
  assert.equal([record.family, record.status], ["planar", "done"]);
  const course = inRun("attempt-0001", "metrics.jsonl").trim().split("\n");
  const validation = course.map((line) => (JSON.parse(line) as { validation: number }).validation);
  const [first = NaN] = validation;
  // A tenth of a nat is twenty standard errors of 2000 rows, paired as they are.
  assert.ok(Math.min(...validation) < first - 0.1, `validation: ${validation.join(", ")}`);
});

test.run();
