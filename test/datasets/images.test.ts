import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { idx, inOrder, png, pngFolder, VALUES } from "./image-files.ts";
import { loadFile, put } from "./load-file.ts";

/** All rows of a set, without the noise that was added to counts. */
const counts = ({ train, test: held }: Dataset): number[] =>
  [...train.values, ...held.values].map(Math.floor);

const images = put("four-images-idx3-ubyte.gz", gzipSync(idx([4, 2, 3], VALUES)));
const labels = put("four-labels.idx1-ubyte", idx([4], [7, 3, 7, 10]));

test("idx images are counts of 256 levels with one channel, each in a cell of its own", async () => {
  const data = await loadFile({ path: images, ...inOrder });
  assert.equal(data.shape, [2, 3, 1]);
  assert.equal([data.levels, data.likelihood], [256, "bound"]);
  assert.equal(counts(data), VALUES);
  assert.equal(data.columns.slice(0, 4), ["y0x0", "y0x1", "y0x2", "y1x0"]);
  const noise = [...data.train.values].map((value) => value % 1);
  assert.is(new Set(noise).size, 12, "noise is added, to each entry its own");
  assert.is((await loadFile({ path: images, ...inOrder })).digest, data.digest);
  assert.is.not((await loadFile({ path: images, ...inOrder }, 1)).digest, data.digest);
});

test("idx images of real numbers are no counts", async () => {
  const reals = VALUES.map((value) => value / 8);
  const bytes = new Uint8Array(Float32Array.from(reals).buffer);
  const path = put("reals.idx3", idx([4, 2, 3], [...Buffer.from(bytes).swap32()], 0x0d));
  const data = await loadFile({ path, ...inOrder });
  assert.equal([data.shape, data.levels, data.likelihood], [[2, 3, 1], undefined, "exact"]);
  assert.equal([...data.train.values], reals.slice(0, 12));
});

test("labels of a file are a class of words, sorted by value", async () => {
  const { attributes } = await loadFile({ path: images, labels, ...inOrder });
  assert.equal(attributes?.of, [{ name: "label", classes: ["3", "7", "10"] }]);
  assert.equal(
    [...(attributes?.train.values ?? []), ...(attributes?.test.values ?? [])],
    [1, 0, 1, 2],
  );
  const text = put("labels.csv", "kind\nb\na\nb\nc\n");
  const named = (await loadFile({ path: images, labels: text, ...inOrder })).attributes;
  assert.equal(named?.of[0]?.classes, ["a", "b", "c"]);
  const bare = put("bare-labels.csv", "b\na\nb\nc\n");
  assert.equal((await loadFile({ path: images, labels: bare, ...inOrder })).attributes, named);
});

test("arrays of rank 3 and 4 and tables with imageShape are the same images", async () => {
  const values = Float64Array.from(VALUES);
  const table = VALUES.join(",").replace(/((?:\d+,){6})/g, (line) => `${line.slice(0, -1)}\n`);
  for (const [path, more] of [
    [put("rank3.npy", writeNpy(values, [4, 2, 3])), {}],
    [put("rank4.npy", writeNpy(values, [4, 2, 3, 1])), {}],
    [put("pixels.csv", `${table}\n`), { imageShape: [2, 3, 1] }],
  ] as const) {
    const data = await loadFile({ path, levels: 256, ...inOrder, ...more });
    assert.equal(data.shape, [2, 3, 1], path);
    assert.equal(counts(data), VALUES, path);
  }
  const continuous = await loadFile({
    path: put("c.npy", writeNpy(values, [4, 2, 3])),
    ...inOrder,
  });
  assert.equal([continuous.levels, continuous.likelihood], [undefined, "exact"]);
});

test("a table's label column is a class and no pixel", async () => {
  const path = put("labelled.csv", "1,2,3,4,9\n4,3,2,1,8\n0,0,1,1,9\n2,2,2,2,8\n");
  const data = await loadFile({ path, labels: 4, imageShape: [2, 2, 1], levels: 5, ...inOrder });
  assert.equal(counts(data).slice(0, 4), [1, 2, 3, 4]);
  assert.equal(data.attributes?.of, [{ name: "label", classes: ["8", "9"] }]);
  assert.equal([...(data.attributes?.test.values ?? [])], [1, 0]);
});

test("a folder of PNGs has labels by sub-folder or by a table of file names", async () => {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => png([k, 10 * k, 255 - k, 7]));
  const nested = pngFolder("nested", {
    "y/1.png": c ?? "",
    "x/2.PNG": b ?? "",
    "x/1.png": a ?? "",
    "y/2.png": d ?? "",
    "note.txt": "",
  });
  const data = await loadFile({ path: nested, ...inOrder });
  assert.equal(data.shape, [2, 2, 1]);
  assert.equal(
    counts(data).filter((_, k) => k % 4 === 0),
    [0, 1, 2, 3],
  );
  assert.equal(data.attributes?.of, [{ name: "label", classes: ["x", "y"] }]);
  const flat = pngFolder("flat", { "a.png": a ?? "", "b.png": b ?? "" });
  const table = put("named.csv", "file,kind\nb.png,old\na.png,new\n");
  const named = await loadFile({ path: flat, labels: table, ...inOrder });
  assert.equal(named.attributes?.of[0]?.classes, ["new", "old"]);
  assert.equal([...(named.attributes?.train.values ?? [])], [0]);
});

test("colour is kept, alpha is dropped, a palette is resolved", async () => {
  const rgb = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const rgba = rgb.flatMap((value, k) => (k % 3 === 2 ? [value, 128] : [value]));
  const colour = pngFolder("colour", { "a.png": png(rgb, 3), "b.png": png(rgba, 4) });
  const data = await loadFile({ path: colour, ...inOrder });
  assert.equal(data.shape, [2, 2, 3]);
  assert.equal(counts(data), [...rgb, ...rgb]);
  assert.is(data.columns[4], "y0x1c1");
  assert.equal(
    [data.levels, (await loadFile({ path: colour, levels: 17, ...inOrder })).levels],
    [256, 17],
  );
});

test("images are padded with zeros and cropped about their middle", async () => {
  const path = put("small.npy", writeNpy(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]));
  const padded = await loadFile({ path, levels: 9, pad: [4, 3], ...inOrder });
  assert.equal(padded.shape, [4, 3, 1]);
  assert.equal(counts(padded).slice(0, 12), [0, 0, 0, 1, 2, 0, 3, 4, 0, 0, 0, 0]);
  assert.is(padded.columns.length, 12);
  const back = await loadFile({ path, levels: 9, pad: [4, 4], crop: [2, 2], ...inOrder });
  assert.equal(counts(back), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test.run();
