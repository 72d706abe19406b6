import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pluginFolder } from "../runner/plugins/plugin-folder.ts";
import { faultySource } from "./faulty-family.ts";
import { flowmeter } from "./flowmeter.ts";
import { resultOf } from "./sweep-records.ts";

const test = suite<{ folder: string }>("errors of models on the command line");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-model-errors-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("what a model cannot be built or fitted with ends with code 2 and no stack", ({ folder }) => {
  const rows = Array.from({ length: 30 }, (_, i) => `${Math.sin(i)},7`).join("\n");
  writeFileSync(join(folder, "constant.csv"), `a,b\n${rows}\n`);
  const uneven = ["family.conditioner=residual", "family.hidden=[64,32]"];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["family=real-nvp", "data=two-moons", ...uneven], /widths that are all equal/],
    [["family=gaussian", "data=file", "data.path=constant.csv"], /rank 1; drop columns/],
    [["family=real-nvp", "data=two-moons", "family.layers=100000000"], /from 1 to 1000/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = flowmeter(folder, "run", ...args);
    assert.is(code, 2, stderr);
    assert.match(stderr, message);
    assert.not.match(stderr, /^\s+at /m);
  }
});

test("a plugin that breaks while a model is built is a failed run with its record, its word to the user is not", ({
  folder,
}) => {
  const plugin = pluginFolder();
  const source = faultySource("none");
  plugin.write("broken.ts", source);
  plugin.write(
    "refuses.ts",
    source
      .replace("throw new Error", "throw new ModelError")
      .replace("definePlugin }", "definePlugin, ModelError }"),
  );
  const args = ["family=faulty", "family.fault=throw", "data=two-moons", "data.size=300"];
  const of = (name: string): string => `plugins=${join(plugin.path, name)}`;
  const failed = flowmeter(folder, "run", of("broken.ts"), ...args, "--out", "broken");
  assert.is(failed.code, 1, failed.stderr);
  const { status, reason = "" } = resultOf(join(folder, "broken"));
  assert.is(status, "failed");
  assert.match(reason, /^family "faulty": it does not work\n {4}at .*broken\.ts/);
  const refused = flowmeter(folder, "run", of("refuses.ts"), ...args, "--out", "refused");
  assert.is(refused.code, 2, refused.stderr);
  assert.not.ok(existsSync(join(folder, "refused")));
  plugin.remove();
});

test.run();
