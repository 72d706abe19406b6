import { gzipSync } from "node:zlib";

import { test } from "uvu";
import * as assert from "uvu/assert";

import type { Dataset } from "../../src/datasets/dataset.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { createRng } from "../../src/math/rng.ts";
import { loadFile, put } from "./load-file.ts";

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${i},${i * i}`).join("\n");
/** First column of a part: where it is the row's number, its identity. */
const ids = ({ count, values }: Dataset["train"]): number[] =>
  Array.from({ length: count }, (_, i) => values[(i * values.length) / count] ?? NaN);
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
const everyRow = { split: [0.5, 0, 0.5], shuffle: false };
/** All rows of a small file, in its order. */
async function rowsOf(content: string, changes = {}): Promise<number[]> {
  const path = put("small.txt", content);
  const { train, test: held } = await loadFile({ path, ...everyRow, ...changes });
  return [...train.values, ...held.values];
}

test("text tables: header or none, every delimiter, quotes, comments, CRLF, byte-order mark", async () => {
  const expected = [1, 2, 3, 4];
  for (const content of [
    "1,2\n3,4\n",
    "a,b\n1,2\n3,4",
    "1;2\n3;4\n",
    "x\ty\n1\t2\n3\t4\n",
    "  1   2\n  3 4.0\n",
    '\ufeff# note, with commas\r\n"a, b",c\r\n"1", 2\r\n# between\r\n\r\n3,4e0\r\n',
  ])
    assert.equal(await rowsOf(content), expected, JSON.stringify(content));
  assert.equal(await rowsOf("\ufeff1,2\n3,4\n"), expected);
  assert.equal(await rowsOf("1,a#b,2\n3,#,4\n", { columns: [0, 2] }), expected);
  assert.equal(await rowsOf("1|2\n3|4\n", { delimiter: "|" }), expected);
  assert.equal(await rowsOf("9,9\n1,2\n3,4\n", { header: true }), expected);
});

test("columns are chosen by name, by index and as time of day, in the order asked for", async () => {
  const content = "day,at,volt\nmon,01:30:30,5\ntue,23:59:00,7\n";
  const columns = [2, "time(at)"];
  const path = put("times.csv", content);
  const data = await loadFile({ path, columns, ...everyRow });
  assert.equal([...data.train.values, ...data.test.values], [5, 90.5, 7, 1439]);
  assert.equal(data.columns, ["volt", "time(at)"]);
  assert.equal(await rowsOf("1,2,3\n4,5,6\n", { columns: ["2", 0] }), [3, 1, 6, 4]);
});

test("attributes and categories stand beside the rows, and are not modelled", async () => {
  const path = put("kinds.csv", "x,age,kind,y\n1,30,oak,2\n3,40,ash,4\n5,50,oak,6\n7,60,elm,8\n");
  const choice = { path, attributes: ["age"], categories: ["kind"], split: [0.5, 0, 0.5] };
  for (const columns of [null, ["x", "y"]]) {
    const data = await loadFile({ ...choice, columns, shuffle: false });
    assert.equal(data.columns, ["x", "y"]);
    assert.equal([...data.train.values, ...data.test.values], [1, 2, 3, 4, 5, 6, 7, 8]);
    const { attributes } = data;
    assert.equal(attributes?.of, [
      { name: "age" },
      { name: "kind", classes: ["ash", "elm", "oak"] },
    ]);
    assert.equal([...(attributes?.train.values ?? [])], [30, 2, 40, 0]);
    assert.equal([...(attributes?.test.values ?? [])], [50, 2, 60, 1]);
  }
  const testPath = put("more-kinds.csv", "x,age,kind,y\n9,70,yew,9\n");
  const { attributes } = await loadFile({ ...choice, testPath, split: [0.5, 0.5, 0] });
  assert.equal(attributes?.of[1]?.classes, ["ash", "elm", "oak", "yew"]);
  assert.equal([...(attributes?.test.values ?? [])], [70, 3]);
  const drawn = await loadFile({ ...choice, split: [0.5, 0.25, 0.25] });
  // Each age goes with its x: 30 with 1, 40 with 3, ….
  const ages = [...(drawn.attributes?.train.values ?? [])].filter((_, k) => k % 2 === 0);
  assert.equal(
    ages,
    ids(drawn.train).map((x) => 25 + 5 * x),
  );
  const digest = (await loadFile(choice)).digest;
  const changed = put(
    "changed-kinds.csv",
    "x,age,kind,y\n1,30,oak,2\n3,40,ash,4\n5,50,oak,6\n7,61,elm,8\n",
  );
  assert.is.not((await loadFile({ ...choice, path: changed })).digest, digest);
});

test("gzip and npy files give the same rows as text", async () => {
  const values = Float64Array.of(1, 2, 3, 4);
  for (const path of [
    put("a.csv.gz", gzipSync("a,b\n1,2\n3,4\n")),
    put("a.npy", writeNpy(values, [2, 2])),
    put("a.npy.gz", gzipSync(writeNpy(values, [2, 2]))),
  ]) {
    const data = await loadFile({ path, ...everyRow });
    assert.equal([...data.train.values, ...data.test.values], [...values], path);
  }
  const images = put("images.npy", writeNpy(new Float64Array(24).map(Math.sqrt), [4, 3, 2]));
  assert.equal((await loadFile({ path: images, ...everyRow })).shape, [3, 2, 1]);
  assert.equal((await loadFile({ path: images, columns: [5], ...everyRow })).shape, [1]);
});

test("a random split is disjoint, complete, seeded, and of the stated sizes", async () => {
  const path = put("many.csv", numbered(101));
  const data = await loadFile({ path });
  const parts = [data.train, data.validation, data.test].map(ids);
  assert.equal(
    parts.map((part) => part.length),
    [81, 10, 10],
  );
  assert.equal(sorted(parts.flat()), [...Array(101).keys()]);
  assert.equal([...data.testIds], ids(data.test));
  const drawn = createRng(0).fork("split").permutation(101);
  assert.equal(ids(data.test), sorted(drawn.slice(91)), "the split has a stream of its own");
  const again = await loadFile({ path });
  assert.is(again.digest, data.digest);
  const other = await loadFile({ path }, 1);
  assert.not.equal(ids(other.test), ids(data.test));
  assert.is.not(other.digest, data.digest);
});

test("the digest tells a changed value and a changed split", async () => {
  const path = put("digest.csv", numbered(20));
  const base = { path, shuffle: false };
  const digests = [
    await loadFile(base),
    await loadFile({ ...base, split: [0.7, 0.2, 0.1] }),
    await loadFile({ ...base, path: put("digest2.csv", numbered(20).replace("81", "82")) }),
  ].map(({ digest }) => digest);
  assert.is(new Set(digests).size, 3);
});

test("a mask file chooses the test rows by fold, and counts rows that are dropped", async () => {
  const mask = put("mask.csv", "0,1\n1,0\n0,1\n1,0\n0,1\n1,0\n");
  const path = put("masked.csv", "0,1\n1,?\n2,3\n3,4\n4,5\n5,6\n");
  const split = { mask, fold: 0, validation: 0.34 };
  const data = await loadFile({ path, split, onBadRow: "drop" });
  assert.equal(ids(data.test), [3, 5]);
  assert.equal([...data.testIds], [3, 5]);
  assert.is(data.validation.count, 1);
  assert.equal(sorted([...ids(data.train), ...ids(data.validation)]), [0, 2, 4]);
});

test("every n-th row is a test row, and validation comes from the others", async () => {
  const path = put("every.csv", numbered(40));
  const data = await loadFile({ path, split: { every: 10, offset: 9 } });
  assert.equal(ids(data.test), [9, 19, 29, 39]);
  assert.equal([data.train.count, data.validation.count], [32, 4]);
});

test("a test file of its own leaves train and validation to the first file", async () => {
  const path = put("train.csv", `a,b\n${numbered(20)}`);
  const testPath = put("test.csv", "a,b\n100,1\n101,2\n");
  const data = await loadFile({ path, testPath });
  assert.equal(ids(data.test), [100, 101]);
  assert.equal([...data.testIds], [0, 1]);
  assert.equal([data.train.count, data.validation.count], [18, 2]);
});

test("bad rows that are to be dropped are counted by their fault", async () => {
  const path = put("bad.csv", "a,b\n1,2\n3,\n4,?\n5,x\n6,nan\n7\n8,9\n");
  const data = await loadFile({ path, onBadRow: "drop", ...everyRow });
  assert.equal([...data.train.values, ...data.test.values], [1, 2, 8, 9]);
  assert.equal([...data.testIds], [6]);
  const [note = ""] = data.notes;
  for (const part of ["2 rows with a missing", "1 row with a cell", "not finite", "wrong number"])
    assert.match(note, part);
});

test("dequantisation adds uniform noise of the width, makes the likelihood a bound, and is seeded", async () => {
  const path = put("counts.csv", `n,m,x\n${numbered(60).replace(/(\d+),(\d+)/g, "$1,$1,$2")}`);
  const plain = await loadFile({ path, shuffle: false });
  const options = { path, shuffle: false, dequantise: { n: 0.5, m: 2 } };
  const noisy = await loadFile(options);
  assert.is(plain.likelihood, "exact");
  assert.is(noisy.likelihood, "bound");
  const noise = noisy.train.values.map((value, k) => value - (plain.train.values[k] ?? 0));
  [0.5, 2, 0].forEach((width, column) => {
    const of = [...noise].filter((_, k) => k % 3 === column);
    assert.ok(Math.min(...of) >= 0 && Math.max(...of) <= width, `width ${width}`);
    // 48 draws all below 0.8 of the width have the probability 2e-5.
    assert.ok(Math.max(...of) >= 0.8 * width, `width ${width}`);
  });
  assert.match(noisy.notes.join(), /"n".*less than the spacing 1.*0\.69 nats/);
  assert.match(noisy.notes.join(), /"m".*more than the spacing 1/);
  assert.is((await loadFile(options)).digest, noisy.digest);
  assert.is.not((await loadFile(options, 1)).digest, noisy.digest);
  const single = await loadFile({ ...options, dequantise: { m: 2 } });
  assert.is(single.train.values[1], noisy.train.values[1], "a column's noise is its own");
  const spaced = await loadFile({ ...options, dequantise: ["n"] });
  assert.match(spaced.notes.join(), /"n" dequantised with U\[0, 1\)$/);
});

test("constant columns are dropped on request, and quantised ones are pointed out", async () => {
  const content = Array.from({ length: 60 }, (_, i) => `${i}.5,7,${i % 3}`).join("\n");
  const data = await loadFile({ path: put("constant.csv", content), dropConstant: true });
  assert.equal(data.columns, ["0", "2"]);
  assert.equal(data.shape, [2]);
  assert.ok(data.train.values.every((value) => value !== 7));
  assert.match(
    data.notes.join(),
    /dropped constant columns: 1.*few different values in 2:.*left out or the condition/,
  );
  const wide = Array.from({ length: 60 }, () => "7,".repeat(30).slice(0, -1)).join("\n");
  const many = await loadFile({ path: put("wide.csv", wide) });
  assert.match(many.notes.join(), /in 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 20 more: the NLL/);
});

test("test rows that stand exactly so in train are counted", async () => {
  const path = put("twice.csv", "1,0\n2,2\n3,3\n1,-0\n4,4\n2,2\n");
  const data = await loadFile({ path, split: [0.5, 0, 0.5], shuffle: false });
  assert.is(data.duplicates, 2);
  assert.match(data.notes.join(), "2 of 3 test rows");
  const noisy = await loadFile({ path, split: [0.5, 0, 0.5], shuffle: false, dequantise: ["0"] });
  assert.is(noisy.duplicates, 2, "noise does not hide them");
});

test("validation rows that stand exactly so in train are noted, and are no test duplicates", async () => {
  const path = put("thrice.csv", "1,0\n2,2\n2,2\n3,3\n4,4\n5,5\n");
  const data = await loadFile({ path, split: [1 / 3, 1 / 3, 1 / 3], shuffle: false });
  assert.is(data.duplicates, 0);
  assert.match(data.notes.join(), "1 of 2 validation rows stand exactly so in the training rows");
});

test("no columns to dequantise leave the likelihood exact", async () => {
  const path = put("exact.csv", "1,2\n3,4\n5,6\n");
  for (const dequantise of [[], {}, null])
    assert.is((await loadFile({ path, ...everyRow, dequantise })).likelihood, "exact");
});

test.run();
