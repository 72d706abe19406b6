import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readNpy } from "../../src/datasets/npy.ts";
import { load, train } from "../../src/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import { runInFolder } from "../../src/runner/run-in-folder.ts";
import { seedStreams } from "../../src/runner/seeds.ts";
import { createRunFolder } from "../../src/runner/store/run-folder.ts";
import { StoreError } from "../../src/runner/user-error.ts";

/** n rows of N((10, −5), diag(4, 0.25)). */
function shiftedRows(n: number, seed: number): number[][] {
  const z = createRng(seed).normals(2 * n);
  return Array.from({ length: n }, (_, i) => [
    10 + 2 * (z[2 * i] ?? 0),
    -5 + 0.5 * (z[2 * i + 1] ?? 0),
  ]);
}
/** ln 2πe + ln(2 · ½): entropy of that density. */
const ENTROPY = Math.log(2 * Math.PI * Math.E);

test("a flow trained on rows in memory gives log p in the units of the rows", async () => {
  const flow = await train({ family: "gaussian", data: shiftedRows(4000, 1) });
  const { value, provenance } = await flow.logProb(shiftedRows(4000, 2));
  const nll = -value.reduce((sum, x) => sum + x, 0) / value.length;
  // The s.e. of the mean of −log p over 4,000 rows is √(2/2)/√4000 = 0.016; four of them.
  assert.ok(Math.abs(nll - ENTROPY) < 0.064, `${nll}`);
  assert.equal(provenance, { kind: "exact" });
  const draws = await flow.sample(2000, { seed: 1 });
  const first = draws.values.filter((_, k) => k % 2 === 0);
  const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
  // sd 2 over 2,000 draws: s.e. 0.045; four of them.
  assert.ok(Math.abs(mean - 10) < 0.18, `${mean}`);
});

test("standardise holds for a named data set as well", async () => {
  const data = { name: "two-moons", size: 200 };
  const standardised = async (standardise?: boolean): Promise<unknown> => {
    const request = { family: "gaussian", data, ...(standardise !== undefined && { standardise }) };
    return (await train(request)).config.data["standardise"];
  };
  assert.equal(
    [await standardised(), await standardised(true), await standardised(false)],
    [false, true, false],
  );
});

test("the record of rows in memory counts copies and starts before training", async () => {
  const before = new Date().toISOString();
  const rows = shiftedRows(50, 1);
  let trained = "";
  const { record } = await train({
    family: { name: "real-nvp", layers: 1, hidden: [2] },
    // Every row twice: of its copies all but a few are training rows.
    data: [...rows, ...rows],
    training: { steps: 2 },
    onProgress: () => {
      trained ||= new Date().toISOString();
    },
  });
  const started = String(record?.provenance["started"]);
  assert.ok(before <= started && started <= trained, `${before} ${started} ${trained}`);
  const copies = record?.notes.filter((note) => note.includes("rows stand exactly so")) ?? [];
  assert.match(copies.join(), /^\d+ of 10 test rows.*,\d+ of 10 validation rows/);
});

test("rows may be lists, flat typed arrays of known width, or Rows, with the same answer", async () => {
  const flow = await train({ family: "gaussian", data: shiftedRows(100, 1) });
  const rows = shiftedRows(5, 2);
  const { value } = await flow.logProb(rows);
  const others = [
    rows.map((row) => Float32Array.from(row)),
    Float64Array.from(rows.flat()),
    { count: 5, shape: [2], values: Float64Array.from(rows.flat()) },
  ];
  for (const other of others)
    for (const [i, x] of (await flow.logProb(other)).value.entries())
      // Rows that came as float32 are off by 1e-6 at 10; the density's slope in x is below 10.
      assert.ok(Math.abs(x - (value[i] ?? NaN)) < 1e-4);
});

test("rows in memory may have a context, and the flow is conditional then", async () => {
  const e = createRng("context").normals(2000);
  const context = Array.from({ length: 1000 }, (_, i) => [100 + (e[i] ?? 0)]);
  const data = context.map(([c = 0], i) => [3 * (c - 100) + 0.1 * (e[1000 + i] ?? 0)]);
  const flow = await train({ family: "gaussian", data, context });
  assert.equal(flow.condition, [{ name: "c1" }]);
  const { value } = await flow.logProb([[3], [-3]], { context: [[101], [99]] });
  // log N(0; 0, 0.1²); 800 rows know the deviation to 2.5 %, and with it log p to 0.03 at the centre.
  for (const x of value) assert.ok(Math.abs(x + 0.5 * Math.log(2 * Math.PI * 0.01)) < 0.1, `${x}`);
  const draws = await flow.sample(100, { context: [102] });
  assert.ok(draws.values.every((x) => Math.abs(x - 6) < 0.6));
});

test("what cannot be rows of the flow is refused with its place", async () => {
  const refuse = async (f: () => Promise<unknown>, message: RegExp): Promise<void> => {
    try {
      await f();
    } catch (error) {
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`accepted, expected ${message}`);
  };
  const flow = await train({ family: "gaussian", data: shiftedRows(100, 1) });
  await refuse(() => flow.logProb([[1, 2], [3]]), /row 1 has 1/);
  await refuse(() => flow.logProb([[1, NaN]]), /row 0, column 1 is NaN/);
  await refuse(() => flow.sample(-1), /at least 0, got -1/);
  await refuse(() => train({ family: "gaussian", data: shiftedRows(5, 1) }), /at least 10 rows/);
  await refuse(
    () => train({ family: { name: "real-nvp", layer: 3 }, data: shiftedRows(50, 1) }),
    /unknown key "layer".*Did you mean "layers"/,
  );
  await refuse(
    () => train({ family: "gaussian", data: shiftedRows(50, 1), context: [[1], [2]] }),
    /one row of context for each of the 50 rows, got 2/,
  );
  await refuse(
    () => train({ family: "gaussian", data: "two-moons", context: [[1]] }),
    /beside rows in memory only.*data\.condition/,
  );
  const slip = { family: "gaussian", data: shiftedRows(50, 1), sed: 3 };
  await refuse(() => train(slip), /^train: unknown key "sed".*Did you mean "seed".*Known: family/);
  const moons = { name: "two-moons", size: 100, standardise: false };
  await refuse(
    () => train({ family: "gaussian", data: moons, standardise: true }),
    /standardise is true, but data\.standardise is false/,
  );
});

test("a loaded run gives the log p that was written when it was trained, bit for bit", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-load-"));
  try {
    const catalogue = await loadCatalogue();
    const overrides = parseOverrides([
      ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
      ...["data.size=300", "data.standardise=true", "training.steps=40", "training.batch=32"],
    ]);
    const [run] = await resolveRuns({ overrides }, catalogue, createLibrary([]));
    if (run === undefined) throw new Error("no run");
    const path = join(folder, "run");
    createRunFolder(path, run);
    const record = await runInFolder({ folder: path, catalogue });
    const flow = await load(path);
    const { values: draws } = await flow.sample(10, { seed: 3 });
    assert.equal(draws, (await flow.sample(20, { seed: 3 })).values.slice(0, 20), "a prefix");
    const { values } = readNpy(readFileSync(join(path, "arrays", "test-log-prob.npy")), "arrays");
    const rng = seedStreams(run.config.seed).data;
    const dataset = await catalogue.datasets
      .get("two-moons")
      .load({ options: run.config.data, rng });
    const { value } = await flow.logProb(dataset.test);
    assert.equal(value, values);
    assert.is(record.status, "done");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what a run wrote and something else has damaged is told with its file and the cure", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-load-"));
  try {
    const catalogue = await loadCatalogue();
    const overrides = parseOverrides(["family=gaussian", "data=two-moons", "data.size=300"]);
    const [run] = await resolveRuns({ overrides }, catalogue, createLibrary([]));
    if (run === undefined) throw new Error("no run");
    const path = join(folder, "run");
    createRunFolder(path, run);
    await runInFolder({ folder: path, catalogue });
    const bad: Readonly<Record<string, readonly string[]>> = {
      "preprocessing.json": ["", "null", "{}"],
      "model.safetensors": ["", "cut"],
    };
    for (const [name, texts] of Object.entries(bad)) {
      const file = join(path, name);
      const whole = readFileSync(file);
      for (const bytes of [...texts, whole.subarray(0, whole.length - 2)]) {
        writeFileSync(file, bytes);
        const error: unknown = await load(path).catch((thrown: unknown) => thrown);
        assert.instance(error, StoreError, `${name}: ${String(error)}`);
        assert.match(String(error), `${file} was damaged since it was written (`);
        assert.match(String(error), `do the run again with: flowmeter resume ${path} --force`);
      }
      writeFileSync(file, whole);
    }
    await load(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
