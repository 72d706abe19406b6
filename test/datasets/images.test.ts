import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { writeNpy } from "../../src/datasets/npy.ts";
import { failure, folder, loadFile, put } from "./load-file.ts";

const inOrder = { split: [0.5, 0, 0.5], shuffle: false };
/** All rows of a set, without the noise that was added to counts. */
const counts = ({ train, test: held }: Dataset): number[] =>
  [...train.values, ...held.values].map(Math.floor);

/** An idx file of bytes. */
function idx(shape: readonly number[], values: readonly number[], code = 8): Uint8Array {
  const sizes = shape.flatMap((size) => [
    size >>> 24,
    (size >>> 16) & 255,
    (size >>> 8) & 255,
    size & 255,
  ]);
  return Uint8Array.from([0, 0, code, shape.length, ...sizes, ...values]);
}
/** Four images of 2 × 3, all values different. */
const VALUES = Array.from({ length: 24 }, (_, k) => (k * 11) % 256);
const images = put("four-images-idx3-ubyte.gz", gzipSync(idx([4, 2, 3], VALUES)));
const labels = put("four-labels.idx1-ubyte", idx([4], [7, 3, 7, 10]));

function pngFolder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, file, ".."), { recursive: true });
    put(join(name, file), content);
  }
  return join(folder, name);
}
const png = (data: readonly number[], channels = 1, width = 2): Uint8Array =>
  encode({ width, height: data.length / channels / width, channels, data: Uint8Array.from(data) });

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

const header = idx([4, 2, 3], VALUES);
const whole = png([1, 2, 3, 4]);
const damaged = whole.map((byte, k) => (k === whole.length - 20 ? byte ^ 255 : byte));
const huge = whole.map((byte, k) => (k === 16 ? 127 : byte));
const npy = writeNpy(Float64Array.from(VALUES), [4, 2, 3]);

/** File name and content, changed options, what the one-line message must say. */
const cases: readonly (readonly [string, string | Uint8Array, object, RegExp])[] = [
  ["text-idx3-ubyte", "1,2,3\n", {}, /expected an idx file, .*got the bytes 49, 44, 50, 44; copy/],
  ["short.idx3-ubyte", header.subarray(0, 3), {}, /got 3 bytes; /],
  ["header.idx3-ubyte", header.subarray(0, 10), {}, /a header that is cut short/],
  [
    "cut.idx3-ubyte",
    header.subarray(0, 30),
    {},
    /expected 24 bytes .*shape \[4, 2, 3\], got 14; .*cut short/,
  ],
  ["long.idx3-ubyte", idx([4, 2, 3], [...VALUES, 1]), {}, /got 25; the file is too long/],
  ["giant.idx3-ubyte", idx([4e9, 4e9, 2], [1]), {}, /cut short/],
  ["type.idx3-ubyte", idx([1], [1], 7), {}, /got the bytes 0, 0, 7, 1/],
  [
    "labels-idx1-ubyte",
    idx([4], [1, 2, 3, 4]),
    {},
    /shape \[count, height, width\], got \[4\]; .*images/,
  ],
  ["none.idx3-ubyte", idx([0, 2, 3], []), {}, /at least one row .*got \[0, 2, 3\]/],
  ["packed-idx3-ubyte.gz", "plain", {}, /expected gzip data/],
  [
    "levels.idx3-ubyte",
    header,
    { levels: 200 },
    /row 3 .*, entry 1: expected a whole number from 0 to 199, got 209; set levels/,
  ],
  ["real.npy", writeNpy(Float64Array.of(0.5, 1), [2, 1, 1]), { levels: 2 }, /row 0 .*got 0\.5/],
  [
    "shape.npy",
    npy,
    { imageShape: [2, 2, 1] },
    /imageShape: expected .* with 6 entries, as the rows have, got \[2, 2, 1\]/,
  ],
  ["flat-shape.csv", "1,2\n3,4\n", { imageShape: [2] }, /with 2 entries.*got \[2\]/],
  [
    "flat-pad.csv",
    "1,2\n3,4\n",
    { pad: [4, 4] },
    /expected images to pad, got rows of shape \[2\]; set imageShape/,
  ],
  [
    "pad.npy",
    npy,
    { pad: [1, 9] },
    /pad: expected \[height, width\] of at least 2 × 3, got \[1, 9\]/,
  ],
  ["crop.npy", npy, { crop: [2] }, /crop: expected .*at most 2 × 3, got \[2\]/],
  [
    "labels-count.npy",
    npy,
    { labels: put("three-labels.csv", "1\n2\n3\n") },
    /three-labels\.csv: expected 4 labels, .*got 3/,
  ],
  [
    "labels-many.npy",
    npy,
    { labels: put("five-labels.csv", "1\n2\n3\n4\n5\n") },
    /expected 4 labels, .*got 5/,
  ],
  [
    "labels-wide.npy",
    npy,
    { labels: put("wide-labels.csv", "1,2\n3,4\n5,6\n7,8\n") },
    /one label per row, got 2 columns/,
  ],
  ["labels-gone.npy", npy, { labels: "gone.csv" }, /gone\.csv: .*no such file/],
  ["dequantise.npy", npy, { levels: 256, dequantise: ["0"] }, /no dequantise beside levels/],
  ["cut-header.npy", npy.subarray(0, 60), {}, /a header that is cut short/],
];
for (const [name, content, changes, message] of cases)
  test(`${name} is refused in one line with place, cause and cure`, async () => {
    const said = await failure({ path: put(name, content), ...inOrder, ...changes });
    assert.match(said, message);
    assert.not.match(said, "\n");
  });

const folders: readonly (readonly [
  string,
  Readonly<Record<string, Uint8Array | string>>,
  RegExp,
])[] = [
  [
    "empty",
    { "note.txt": "" },
    /expected PNG images in this folder or in sub-folders of it, got none/,
  ],
  [
    "text",
    { "a.png": "no image at all, but long enough" },
    /a\.png: expected a PNG image, got other or damaged data/,
  ],
  ["nothing", { "a.png": "x" }, /a\.png: expected a PNG image/],
  ["cut", { "a.png": whole.subarray(0, whole.length - 20) }, /a\.png: expected a PNG image/],
  ["damaged", { "a.png": damaged }, /a\.png: expected a PNG image/],
  ["huge", { "a.png": huge }, /a\.png: .*more than 4096 per side/],
  [
    "unequal",
    { "a.png": whole, "b.png": png([1, 2, 3, 4, 5, 6], 1, 3) },
    /b\.png: expected 2 × 2 × 1 .*a\.png has, got 2 × 3 × 1/,
  ],
  [
    "deep",
    { "a.png": encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(300) }) },
    /expected 8 bits per channel, got 16/,
  ],
];
for (const [name, files, message] of folders)
  test(`a folder of PNGs that is ${name} is refused in one line`, async () => {
    const said = await failure({ path: pngFolder(`png-${name}`, files) });
    assert.match(said, message);
    assert.not.match(said, "\n");
  });

test.run();
