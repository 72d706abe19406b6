import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeNpy } from "../../src/datasets/npy.ts";
import { rowValuesIn } from "../../src/report/row-values.ts";
import { fakeRecord } from "./fake-record.ts";

test("log p per row is read from the runs' folders, in the unit of the metric, and for likelihoods only", () => {
  const root = mkdtempSync(join(tmpdir(), "flowmeter-rows-"));
  const records = [fakeRecord("a", 0, 1), fakeRecord("b", 0, 1)];
  const folder = join(root, "a");
  mkdirSync(join(folder, "arrays"), { recursive: true });
  const put = (name: string, values: Float64Array | Int32Array): void => {
    writeFileSync(join(folder, "arrays", `${name}.npy`), writeNpy(values, [values.length]));
  };
  put("test-ids", Int32Array.of(4, 7));
  put("test-log-prob", Float64Array.of(-2, -4));
  put("test-log-prob-encoder", Float64Array.of(-1, -3));
  const read = rowValuesIn(records, [folder, join(root, "b")]);
  const values = (metric: string) => {
    const found = records[0] && read(records[0], metric);
    return found && [Array.from(found.ids), Array.from(found.values)];
  };
  for (const metric of ["test_nll", "test_nll_standardised", "kl"])
    assert.equal(
      values(metric),
      [
        [4, 7],
        [2, 4],
      ],
      metric,
    );
  assert.equal(values("test_nll_encoder"), [
    [4, 7],
    [1, 3],
  ]);
  assert.equal(values("test_nll_standardised_encoder"), [
    [4, 7],
    [1, 3],
  ]);
  // Two dimensions.
  assert.equal(values("bits_per_dim"), [
    [4, 7],
    [1 / Math.LN2, 2 / Math.LN2],
  ]);
  for (const metric of ["seconds", "c2st", "nfe", "entropy", "test_nll_other"])
    assert.is(values(metric), undefined, metric);
  assert.is(records[1] && read(records[1], "test_nll"), undefined, "a run without arrays");
  rmSync(root, { recursive: true });
});

test("arrays that were cut are told once, with the cure, and cost their run its terms alone", () => {
  const root = mkdtempSync(join(tmpdir(), "flowmeter-rows-"));
  const [one, two] = [fakeRecord("a", 0, 1), fakeRecord("b", 0, 1)];
  for (const name of ["a", "b"]) {
    mkdirSync(join(root, name, "arrays"), { recursive: true });
    writeFileSync(join(root, name, "arrays", "test-ids.npy"), writeNpy(Int32Array.of(4, 7), [2]));
  }
  const whole = writeNpy(Float64Array.of(-2, -4), [2]);
  writeFileSync(join(root, "b", "arrays", "test-log-prob.npy"), whole);
  const [a, b] = ["a", "b"].map((name) => join(root, name));
  for (const bytes of [0, 50, whole.length - 1]) {
    const path = join(root, "a", "arrays", "test-log-prob.npy");
    writeFileSync(path, whole.slice(0, bytes));
    const told: string[] = [];
    const read = rowValuesIn([one, two], [a ?? "", b ?? ""], (text) => told.push(text));
    for (const metric of ["test_nll", "kl"]) assert.is(read(one, metric), undefined);
    assert.equal(Array.from(read(two, "test_nll")?.values ?? []), [2, 4]);
    assert.is(told.length, 1);
    assert.match(told[0] ?? "", `${path} was damaged since it was written (expected `);
    assert.match(
      told[0] ?? "",
      `do the run again with: flowmeter resume ${a ?? ""} --force. Tests`,
    );
  }
  rmSync(root, { recursive: true });
});

test.run();
