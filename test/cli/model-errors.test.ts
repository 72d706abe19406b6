import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeter } from "./flowmeter.ts";

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

test.run();
