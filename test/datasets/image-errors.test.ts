import { encode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeNpy } from "../../src/datasets/npy.ts";
import { idx, inOrder, png, pngFolder, VALUES } from "./image-files.ts";
import { failure, put } from "./load-file.ts";

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
