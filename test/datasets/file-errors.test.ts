import { gzipSync } from "node:zlib";

import { test } from "uvu";
import * as assert from "uvu/assert";

import { writeNpy } from "../../src/datasets/npy.ts";
import { failure, folder, put } from "./load-file.ts";

const rows = "a,b\n1,2\n3,4\n5,6\n";
const packed = gzipSync(rows.repeat(50));

/** File name and content, changed options, what the one-line message must say. */
const cases: readonly (readonly [string, string | Uint8Array, object, RegExp])[] = [
  ["empty.csv", "", {}, /empty\.csv: expected rows of numbers, got an empty file; /],
  ["comments.csv", "# only\n\n# this\n", {}, /got no row; /],
  ["header.csv", "a,b\n", {}, /header\.csv:1: expected rows .* below the header, got none; /],
  ["ragged.csv", "a,b\n1,2\n# x\n3,4,5\n", {}, /ragged\.csv:4: expected 2 .*got 3 cells/],
  ["short.csv", "1,2\n3\n", {}, /short\.csv:2: .*got 1 cells/],
  [
    "word.csv",
    "a,b\n1,2\n3,hot\n",
    {},
    /word\.csv:3: .*"hot" in column "b", which is not a number; /,
  ],
  ["hex.csv", "1,2\n3,0x10\n", {}, /hex\.csv:2: .*not a number/],
  ["missing.csv", "a,b\n1,\n", {}, /missing\.csv:2: .*missing value "" in column "b"; .*onBadRow/],
  ["mark.csv", "a,b\n1,-99\n", { missing: ["-99"] }, /mark\.csv:2: .*missing value "-99"/],
  ["nan.csv", "a,b\n1,NaN\n", {}, /nan\.csv:2: expected 2 finite numbers, got "NaN"/],
  ["huge.csv", "a,b\n1,1e999\n", {}, /huge\.csv:2: .*"1e999"/],
  ["large.csv", "a,b\n1,1e300\n", {}, /large\.csv:2: .*"1e300" in column "b".*beyond/],
  ["large.npy", writeNpy(Float64Array.of(1, -1e300), [2, 1]), {}, /row 1 .*-1e\+300 in column 0/],
  ["time.csv", "at\n25:00\n", { columns: ["time(at)"] }, /time\.csv:2: .*no time of day/],
  ["quote.csv", 'a,b\n1,"2\n', {}, /quote\.csv:\d: .*mend the quotes/],
  ["cut.csv.gz", packed.subarray(0, packed.length - 20), {}, /cut\.csv\.gz: .*cut short.*again/],
  ["plain.csv.gz", rows, {}, /plain\.csv\.gz: expected gzip data, got something else/],
  ["nan.npy", writeNpy(Float64Array.of(1, 2, NaN, 4), [2, 2]), {}, /row 1 .*NaN in column 0/],
  ["cut.npy", writeNpy(new Float64Array(9), [3, 3]).subarray(0, 150), {}, /cut\.npy: .*cut short/],
  ["none.csv", "a\nx\ny\n", { onBadRow: "drop" }, /none\.csv: .*got none of 2 \(2 rows with/],
  [
    "name.csv",
    rows,
    { columns: ["aa"] },
    /expected a column .*\(a, b\), got "aa"; did you mean "a"/,
  ],
  ["index.csv", rows, { columns: [2] }, /got "2".*2 columns, counted from 0/],
  ["double.csv", rows, { columns: ["a", 0] }, /each column once/],
  ["only.csv", rows, { attributes: ["a"], categories: ["b"] }, /one column that is modelled/],
  [
    "word-gap.csv",
    "a,b\n1,u\n2,?\n",
    { categories: ["b"] },
    /:3: .*missing value "\?" in column "b"/,
  ],
  ["no-columns.csv", rows, { columns: [] }, /at least one column/],
  ["sum.csv", rows, { split: [0.5, 0.2, 0.2] }, /split: .*add up to 1, got the sum 0\.9; /],
  ["two.csv", rows, { split: [0.5, 0.5] }, /expected three shares.*got 2/],
  [
    "no-test.csv",
    rows,
    { split: [1, 0, 0] },
    /at least 1 training and 1 test row, got 3 and 0 of 3/,
  ],
  ["no-train.csv", rows, { split: [0, 0, 1] }, /got 0 and 3 of 3/],
  ["every.csv", rows, { split: { every: 2, offset: 2 } }, /offset below every = 2, got 2/],
  ["few.csv", rows, { split: { every: 10, offset: 9 } }, /got 3 and 0; /],
  [
    "all.csv",
    rows,
    { split: { every: 3, offset: 2, validation: 1 } },
    /1 training row, got 0 of 2/,
  ],
  ["width.csv", rows, { dequantise: ["c"], split: [0.4, 0, 0.6] }, /columns a, b, got "c"/],
  ["flat.csv", "a\n1\n1\n", { dequantise: ["a"], split: [0.5, 0, 0.5] }, /two different values/],
  ["flat2.csv", "a\n1\n1\n", { dropConstant: true, split: [0.5, 0, 0.5] }, /got none of 1/],
];

for (const [name, content, changes, message] of cases)
  test(`${name} is refused in one line with place, cause and cure`, async () => {
    const said = await failure({ path: put(name, content), ...changes });
    assert.match(said, message);
    assert.not.match(said, "\n");
    assert.match(said, /[;:].*[.?]$/);
  });

test("a missing file, a folder and no path at all are refused", async () => {
  assert.match(
    await failure({ path: `${folder}/not-there.csv` }),
    /got no such file; check the path/,
  );
  assert.match(
    await failure({ path: folder }),
    /expected PNG images in this folder .*got none; check the path/,
  );
  assert.match(await failure({}), /expected the path of a table, got none; set data\.path/);
});

test("a mask that does not fit is refused", async () => {
  const path = put("masked.csv", rows);
  const refused = (content: string, fold: number): Promise<string> =>
    failure({ path, split: { mask: put("mask.csv", content), fold } });
  assert.match(await refused("0\n1\n", 0), /mask\.csv: expected 3 rows, .*got 2/);
  assert.match(await refused("0\n1\n0\n", 1), /expected a fold in 0\.\.0, got 1/);
  assert.match(await refused("0\n2\n0\n", 0), /expected only 0 and 1, got 2/);
  assert.match(await refused("0\n0\n0\n", 0), /got 3 and 0/);
});

test("a test file with other columns, or beside another choice of test rows, is refused", async () => {
  const path = put("train.csv", rows);
  const testPath = put("test.csv", "a,c\n1,2\n");
  assert.match(await failure({ path, testPath }), /test\.csv: expected the columns .*got \(a, c\)/);
  const same = { path, testPath: path };
  assert.match(
    await failure({ ...same, split: [0.8, 0.1, 0.1] }),
    /expected \[train, validation, 0\]/,
  );
  assert.match(await failure({ ...same, split: { every: 2, offset: 1 } }), /remove testPath/);
});

test.run();
