import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import { fitPreprocessing, type PreprocessingOptions } from "../../src/runner/preprocessing.ts";
import { performIn } from "./perform.ts";

const rows = (...values: number[]) => makeRows(Float64Array.from(values), [2]);
const dataset = (parts: Partial<Dataset> = {}): Dataset => ({
  name: "rows",
  shape: [2],
  columns: ["a", "b"],
  train: rows(0, 1, 2, 3, 4, 7),
  validation: rows(1, 1),
  test: rows(2, 2),
  testIds: Int32Array.of(0),
  likelihood: "exact",
  duplicates: 0,
  notes: [],
  digest: "",
  ...parts,
});

test("a value whose square float32 cannot hold is refused in any part, with column, row and cure", () => {
  for (const [part, parts] of [
    ["training", { train: rows(0, 1, 2, 3e19) }],
    ["validation", { validation: rows(0, 1, 2, -3e19) }],
    ["test", { test: rows(0, 1, 2, 3e19) }],
  ] as const)
    assert.throws(
      () => fitPreprocessing(dataset(parts), { standardise: false }),
      new RegExp(
        `^column "b", ${part} row 1: expected .*got -?30000000000000000000; .*standardise`,
      ),
    );
  // √(2^128 − 2^104) = 1.84e19.
  assert.ok(fitPreprocessing(dataset({ train: rows(0, 1, 2, 1.8e19) }), { standardise: false }));
});

test("what counts is the value that the model sees", () => {
  const train = rows(0, 1e30, 1, 2e30, 2, 4e30);
  const [validation, test] = [rows(1, 2e30), rows(1, 3e30)];
  assert.ok(fitPreprocessing(dataset({ train, validation, test }), { standardise: true }));
  assert.throws(
    () => fitPreprocessing(dataset({ train, validation, test }), { standardise: false }),
    /column "b"/,
  );
  const tiny = dataset({ train: rows(0, 1e-30, 1, 2e-30) });
  assert.throws(
    () => fitPreprocessing(tiny, { standardise: true }),
    /"b", validation row 0: .*\(1 before it was/,
  );
});

test("a column whose variance overflows is refused", () => {
  assert.throws(
    () => fitPreprocessing(dataset({ train: rows(0, 1, 2, 1e200) }), { standardise: true }),
    /standardise: .*in column b; mend/,
  );
});

/** Rows whose second column is N(mean, deviation²). */
const farOff = (mean: number, deviation: number, count = 400) => {
  const draws = createRng(1).normals(2 * count);
  return rows(...draws.map((value, k) => (k % 2 === 0 ? value : mean + deviation * value)));
};
const fitted = (train: Rows, options: PreprocessingOptions = {}) =>
  fitPreprocessing(dataset({ train, validation: rows(), test: rows() }), options);

test("a column that float32 hardly resolves as the model sees it is noted, with what cures it", () => {
  // Steps of 2⁻¹⁰ at 10,000.
  const coarse = farOff(1e4, 3 * 2 ** -10);
  const [note = "", ...others] = fitted(coarse).notes;
  assert.match(
    note,
    /"b" \(mean 10000, deviation 0\.0027, 2\.8 steps\): .*about 0\.005 nats a row; set data\.standardise=true/,
  );
  assert.is(others.length, 0);
  assert.equal(fitted(coarse, { standardise: true }).notes, []);
  assert.equal(fitted(farOff(1e4, 10 * 2 ** -10)).notes, []);
  // ln(x) is at 1 and has no more steps than x.
  const bounded = fitted(farOff(Math.E, 3 * 2 ** -22), { bounds: { b: [0, null] } });
  assert.match(bounded.notes.join(), /"b" \(mean 1, /);
});

test("a column that varies but not in float32 is refused unless it is standardised", () => {
  const lost = farOff(1e4 + 2 ** -12, 1e-5);
  assert.throws(
    () => fitted(lost),
    /^column "b" \(mean 10000, deviation 0\.0000092, 0\.0094 steps\): .*got 10000 only; set data\.standardise=true/,
  );
  assert.ok(fitted(lost, { standardise: true }));
  assert.equal(
    fitted(rows(1, 0.1, 2, 0.1, 4, 0.1)).notes,
    [],
    "constant columns are others' concern",
  );
});

test("what float32 does to columns stands in the record's notes and in the log", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-float32-"));
  const { values, count } = farOff(1e4, 1e-3);
  const lines = Array.from({ length: count }, (_, i) => `${values[2 * i]},${values[2 * i + 1]}`);
  writeFileSync(join(folder, "far.csv"), `a,b\n${lines.join("\n")}\n`);
  const path = `data.path=${join(folder, "far.csv")}`;
  const run = join(folder, "run");
  const { notes } = await performIn(run, ["family=gaussian", "data=file", path]);
  assert.is(notes.filter((note) => /float32.*"b" .*standardise/.test(note)).length, 1);
  const log = readFileSync(join(run, "attempt-0001", "log.txt"), "utf8");
  assert.match(log, /file: float32.*"b" .*standardise[^]*fitted in closed form/);
  rmSync(folder, { recursive: true });
});

test.run();
