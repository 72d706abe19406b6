import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createRng } from "../../src/math/rng.ts";
import type { DataState } from "../../src/runner/data-state.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("changed data");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-data-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** Writes 40 rows of a Gaussian of deviation 1 around a centre. */
function writeData(folder: string, centre: number): void {
  const z = createRng(centre).normals(80);
  const rows = Array.from({ length: 40 }, (_, i) =>
    [centre + (z[2 * i] ?? NaN), z[2 * i + 1] ?? NaN].join(","),
  );
  writeFileSync(join(folder, "d.csv"), `x,y\n${rows.join("\n")}\n`);
}

const DATA = ["data=file", "data.path=d.csv", "evaluation.samples=0"];
const GAUSSIAN = ["family=gaussian", ...DATA];
const TRAINED = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[4]", ...DATA, "training.batch=8"],
  ...["training.steps=6", "training.checkpointEvery=3", "training.patience=null"],
];

test("a finished run is not reused for rows that were changed, but is for the same rows", ({
  folder,
}) => {
  const run = (...more: string[]) => flowmeter(folder, "run", ...GAUSSIAN, "--out", "r", ...more);
  writeData(folder, 0);
  assert.is(run().code, 0);
  const first = readFileSync(join(folder, "r", "result.json"), "utf8");
  writeData(folder, 0);
  assert.match(run().stderr, /is reused/);
  writeData(folder, 5);
  for (const ended of [run(), flowmeter(folder, "resume", "r")]) {
    assert.is(ended.code, 2);
    assert.is(ended.stdout, "");
    assert.match(ended.stderr, /^r: the data \(d\.csv\) changed since this run.*--force.*--out/);
  }
  assert.is(readFileSync(join(folder, "r", "result.json"), "utf8"), first);
  assert.is(run("--force").code, 0);
  assert.is.not(readFileSync(join(folder, "r", "result.json"), "utf8"), first);
  assert.match(run().stderr, /is reused/);
});

test("a sweep starts nothing while a run of it belongs to rows that were changed", ({ folder }) => {
  const sweep = (...more: string[]) =>
    flowmeter(folder, "sweep", ...GAUSSIAN, "--out", "s", ...more);
  writeData(folder, 0);
  assert.is(sweep().code, 0);
  writeData(folder, 5);
  for (const ended of [sweep(), flowmeter(folder, "resume", "s")]) {
    assert.is(ended.code, 2, ended.stderr);
    assert.match(ended.stderr, /the data \(d\.csv\) changed/);
  }
  assert.is(sweep("--force").code, 0);
});

test("a checkpoint is not continued on other rows", ({ folder }) => {
  writeData(folder, 0);
  assert.is(flowmeter(folder, "run", ...TRAINED, "--out", "r").code, 0);
  // As a run that was killed after its last checkpoint leaves it.
  rmSync(join(folder, "r", "result.json"));
  assert.ok(readdirSync(join(folder, "r", "checkpoint")).length > 0);
  writeData(folder, 5);
  const { code, stderr } = flowmeter(folder, "resume", "r");
  assert.is(code, 2, stderr);
  assert.match(stderr, /the data \(d\.csv\) changed/);
  // Rows may change without a file that is named: what counts then is the digest of what was loaded.
  writeData(folder, 0);
  const path = join(folder, "r", "data.json");
  const state = JSON.parse(readFileSync(path, "utf8")) as DataState;
  writeFileSync(path, JSON.stringify({ ...state, digest: "another" }));
  const loaded = flowmeter(folder, "resume", "r");
  assert.is(loaded.code, 2, loaded.stderr);
  assert.match(loaded.stderr, /digest another, now/);
  assert.not.ok(existsSync(join(folder, "r", "result.json")));
  assert.is(flowmeter(folder, "resume", "r", "--force").code, 0);
});

test.run();
