import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readRows } from "../../src/cli/read-rows.ts";
import { readContext } from "../../src/cli/read-context.ts";
import { headerLine, writeRows } from "../../src/cli/rows-file.ts";
import type { Attribute } from "../../src/datasets/dataset.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { makeRows } from "../../src/math/rows.ts";
import { folder, put } from "../datasets/load-file.ts";

const plain = { columns: ["a", "b"], data: { name: "file", columns: null } };
const selected = {
  columns: ["volt", "time(at)"],
  data: { name: "file", columns: [2, "time(at)"], delimiter: "semicolon", onBadRow: "drop" },
};
const byIndex = (...columns: string[]) => ({ columns, data: { name: "file", columns } });
const values = async (path: string, run: Parameters<typeof readRows>[1]): Promise<number[]> => [
  ...(await readRows(path, run)).table.values,
];
const refusal = async (path: string, run: Parameters<typeof readRows>[1]): Promise<string> => {
  try {
    await readRows(path, run);
  } catch (error) {
    if (error instanceof Error && error.name === "DataError") return error.message;
    throw error;
  }
  throw new Error(`Expected ${path} to be refused.`);
};

test("columns are found by name, whatever their order", async () => {
  assert.equal(await values(put("ab.csv", "a,b\n1,2\n3,4\n"), plain), [1, 2, 3, 4]);
  assert.equal(await values(put("ba.csv", "b,a\n2,1\n4,3\n"), plain), [1, 2, 3, 4]);
  assert.equal(await values(put("ba.tsv.gz", gzipSync("b\ta\n2\t1\n")), plain), [1, 2]);
  assert.equal(await values(put("bare.csv", "1,2\n"), plain), [1, 2]);
});

test("missing and unknown columns are refused with the names that are expected", async () => {
  const expected = /expected the columns a, b, got .*missing: b; unknown: c/;
  assert.match(await refusal(put("ac.csv", "a,c\n1,2\n"), plain), expected);
  assert.match(await refusal(put("abc.csv", "a,b,c\n1,2,3\n"), plain), /unknown: c/);
  assert.match(
    await refusal(put("one.csv", "1\n2\n"), plain),
    /expected 2 columns \(a, b\), got 1/,
  );
  const wide = put("wide.npy", writeNpy(new Float64Array(6), [2, 3]));
  assert.match(await refusal(wide, plain), /expected 2 columns .*got 3/);
  // Pixels are too many to name them all.
  const pixels = Array.from({ length: 300 }, (_, i) => `p${i}`);
  assert.match(
    await refusal(put("ab.csv", "a,b\n1,2\n"), { ...plain, columns: pixels }),
    /columns p0, .*p9 and 290 more, got a, b \(missing: p0, .* and 290 more; unknown: a, b\)/,
  );
});

test("a run scores its own source file, with the selection, delimiter and bad rows of its data", async () => {
  const path = put("own.csv", "day;at;volt\nmon;01:30;5\ntue;?;6\nwed;02:00;7\n");
  const { table } = await readRows(path, selected);
  const { values: found, ids, sourceRows } = table;
  assert.equal([...found], [5, 90, 7, 120]);
  assert.equal([...ids], [0, 2]);
  assert.is(sourceRows, 3);
});

test("rows that were drawn from a run are read back as they were written", async () => {
  for (const run of [plain, selected, byIndex("1", "0"), { ...plain, columns: ['a, "b"', "#"] }]) {
    const path = `${folder}/drawn.csv`;
    writeRows(path, makeRows(Float64Array.of(1, 2, 3, 4), [2]), run.columns);
    assert.equal(await values(path, run), [1, 2, 3, 4], headerLine(run.columns));
  }
});

test("without a header the selection of the run's file holds, unless two orders are possible", async () => {
  const wide = put("three.csv", "1,2,3\n4,5,6\n");
  assert.equal(await values(wide, byIndex("2", "0")), [3, 1, 6, 4]);
  const two = put("two.npy", writeNpy(Float64Array.of(1, 2), [1, 2]));
  assert.equal(await values(two, byIndex("2", "0")), [1, 2], "only the model's order fits");
  assert.match(await refusal(two, byIndex("1", "0")), /expected names for its 2 columns/);
});

test("a run on a data set that is no file takes files by the names of its entries", async () => {
  const moons = { columns: ["x1", "x2"], data: { name: "two-moons" } };
  assert.equal(await values(put("moons.csv", "x2,x1\n2,1\n"), moons), [1, 2]);
  assert.match(await refusal(put("xy.csv", "x,y\n1,2\n"), moons), /expected the columns x1, x2/);
});

const digit = { name: "digit", classes: ["3", "7"] };
const conditional = {
  columns: ["a", "b"],
  condition: [{ name: "c" }, digit],
  data: { name: "file", columns: ["a", "b", "c"], categories: ["digit"], attributes: ["extra"] },
};

test("a file that has the columns of the condition gives rows and condition", async () => {
  const path = put("both.csv", "digit,b,c,extra,a\n7,2,5,0,1\n3,4,6,0,3\n");
  const { table, context } = await readRows(path, conditional);
  assert.equal([...table.values], [1, 2, 3, 4]);
  assert.equal([...(context?.values ?? [])], [5, 0, 1, 6, 1, 0]);
  assert.equal(context?.shape, [3]);
  const alone = await readRows(put("alone.csv", "a,b\n1,2\n"), conditional);
  assert.equal([[...alone.table.values], alone.context], [[1, 2], undefined]);
  const unknown = put("unknown.csv", "a,b,c,digit\n1,2,5,8\n");
  assert.match(
    await refusal(unknown, conditional),
    /expected a class of "digit", got "8"\. Known: 3, 7/,
  );
});

test("without a header the condition stands where it stood in the run's file", async () => {
  const run = {
    columns: ["0", "1"],
    condition: [{ name: "label", classes: ["x", "y"] }],
    data: { name: "file", columns: null, labels: 2 },
  };
  const { table, context } = await readRows(put("bare3.csv", "1,2,y\n3,4,x\n"), run);
  assert.equal(
    [[...table.values], [...(context?.values ?? [])]],
    [
      [1, 2, 3, 4],
      [0, 1, 1, 0],
    ],
  );
});

test("a context is read by names, by place, one-hot or as an array", async () => {
  const of = conditional.condition;
  const read = async (name: string, content: string | Uint8Array): Promise<number[]> => [
    ...(await readContext(put(name, content), of)).values,
  ];
  assert.equal(await read("named.csv", "other,digit,c\nq,7,5\n"), [5, 0, 1]);
  assert.equal(await read("placed.csv", "5,7.0\n6,3\n"), [5, 0, 1, 6, 1, 0]);
  assert.equal(await read("hot.csv", "digit=7,c,digit=3\n1,5,0\n"), [5, 0, 1]);
  assert.equal(await read("context.npy", writeNpy(Float64Array.of(5, 7), [1, 2])), [5, 7]);
  const failed = async (content: string, condition: readonly Attribute[] | "none" = of) => {
    try {
      await readContext(put("failed.csv", content), condition === "none" ? undefined : condition);
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : "";
    }
    return "";
  };
  assert.match(
    await failed("c,digt\n5,7\n"),
    /DataError: .*got none for "digit"; name it in the first line\. Did you mean "digt"/,
  );
  assert.match(await failed("c,digit\n5,8\n"), /DataError: .*expected a class of "digit", got "8"/);
  assert.match(await failed("c,digit\nhot,7\n"), /DataError: .*"hot" in column "c"/);
  assert.match(await failed("5,7\n", "none"), /UserError: .*not conditional; leave it out/);
});

test.run();
