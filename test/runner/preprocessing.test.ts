import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { makeRows } from "../../src/math/rows.ts";
import { fitPreprocessing } from "../../src/runner/preprocessing.ts";

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

test.run();
