import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CommandModule } from "yargs";
import { imageGrid } from "../../src/cli/image-grid.ts";
import { logprobCommand } from "../../src/cli/logprob.ts";
import { manipulateCommand } from "../../src/cli/manipulate.ts";
import { sampleCommand } from "../../src/cli/sample.ts";
import { readNpy, writeNpy } from "../../src/datasets/npy.ts";
import { makeRows } from "../../src/math/rows.ts";
import { load } from "../../src/runner/flow.ts";
import { performIn, refusal } from "../runner/perform.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("images on the command line");
test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-images-"));
  await performIn(join(context.folder, "faces"), [
    ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "family.mixing=none"],
    ...["data=faces", "data.size=200", "data.flatten=true", "data.condition=[hair]"],
    ...["training.steps=3", "training.batch=32", "evaluation.samples=4"],
  ]);
  await performIn(join(context.folder, "plain"), [
    ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "family.mixing=none"],
    ...["data=faces", "data.size=200", "data.flatten=true", "data.colour=true"],
    ...["training.steps=3", "training.batch=32", "evaluation.samples=4"],
  ]);
  await performIn(join(context.folder, "table"), [
    "family=gaussian",
    "data=two-moons",
    "data.size=100",
  ]);
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** Calls a command in this process. */
async function call<T>({ handler }: CommandModule<unknown, T>, args: object): Promise<void> {
  await handler({ _: [], $0: "", ...args } as unknown as Parameters<typeof handler>[0]);
}
const manipulate = (args: object) =>
  call(manipulateCommand, { rows: "0,1", steps: 5, range: 1.5, ...args });
const sample = (args: object) => call(sampleCommand, { n: 6, seed: 0, temperature: 1, ...args });
const picture = (path: string) => decode(readFileSync(path));

test("manipulate writes a strip for each row, whose middle is the row itself", async ({
  folder,
}) => {
  const run = join(folder, "plain");
  const out = join(folder, "smile.png");
  await manipulate({ run, attribute: "smile", out });
  const { width, height, channels, data } = picture(out);
  // 16 pixels become 64, and a line of paper stands between images.
  assert.equal([width, height, channels], [5 * 65 - 1, 2 * 65 - 1, 3]);
  await manipulate({
    run,
    attribute: "smile",
    out: join(folder, "other.png"),
    range: 0.5,
    rows: "0",
  });
  const other = picture(join(folder, "other.png"));
  /** Pixel (8, 8) of the image in this place of the first strip. */
  const pixel = (from: ArrayLike<number>, place: number): number =>
    from[3 * (34 * width + place * 65 + 34)] ?? NaN;
  assert.is(pixel(data, 2), pixel(other.data, 2), "the middle does not depend on the range");
  const moved = data.some((value, k) => value !== other.data[k]);
  assert.ok(moved, "the ends do");
});

test("between two rows the ends are the rows themselves", async ({ folder }) => {
  const out = join(folder, "between.png");
  await manipulate({ run: join(folder, "plain"), from: 0, to: 1, steps: 3, scale: 1, out });
  const way = picture(out);
  assert.equal([way.width, way.height], [3 * 17 - 1, 16]);
  await manipulate({
    run: join(folder, "plain"),
    attribute: "x",
    rows: "0,1",
    steps: 3,
    scale: 1,
    out,
  });
  const strips = picture(out);
  const at = ({ data, width }: typeof way, line: number, x: number) => data[3 * (line * width + x)];
  for (let y = 0; y < 16; y++) {
    assert.is(at(way, y, 5), at(strips, y, 17 + 5), "row 0");
    assert.is(at(way, y, 34 + 5), at(strips, 17 + y, 17 + 5), "row 1");
  }
});

test("a condition goes through its values, and under its own one a row stays what it is", async ({
  folder,
}) => {
  const N = 60;
  const [images, labels] = [join(folder, "blobs.npy"), join(folder, "blobs.csv")];
  const values = Float64Array.from({ length: 16 * N }, (_, k) =>
    Math.floor(8 + 7 * Math.sin(k * k + (Math.floor(k / 16) % 3))),
  );
  writeFileSync(images, writeNpy(values, [N, 4, 4, 1]));
  writeFileSync(labels, Array.from({ length: N }, (_, i) => `${"abc"[i % 3] ?? ""}\n`).join(""));
  const run = join(folder, "blobs");
  await performIn(run, [
    ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=file", "data.levels=16"],
    ...[`data.path=${images}`, `data.labels=${labels}`, "data.flatten=true", "data.shuffle=false"],
    ...["data.condition=[label]", "training.steps=30", "training.batch=16"],
    ...["training.learningRate=0.02"],
  ]);
  const out = join(folder, "classes.png");
  await manipulate({ run, attribute: "label", rows: "0,1,2", scale: 1, out });
  const { width, height, data } = picture(out);
  assert.equal([width, height], [3 * 5 - 1, 3 * 5 - 1], "three rows, three classes");
  const image = (row: number, column: number): number[] =>
    Array.from({ length: 16 }, (_, k) =>
      Number(data[(row * 5 + Math.floor(k / 4)) * width + column * 5 + (k % 4)]),
    );
  // Test rows 0, 1, 2 are rows 54, 55, 56 of the file, of the classes a, b, c.
  for (const row of [0, 1, 2]) {
    const counts = [...values.slice(16 * (54 + row), 16 * (55 + row))];
    assert.equal(
      image(row, row),
      counts.map((count) => Math.round((255 * count) / 15)),
    );
    assert.not.equal(image(row, (row + 1) % 3), image(row, row));
  }
  await manipulate({ run: join(folder, "faces"), attribute: "hair", rows: "3", scale: 1, out });
  assert.is(picture(out).width, 5 * 17 - 1);
  assert.match(
    await refusal(() => manipulate({ run, attribute: "label=b", out })),
    /"label" is a condition of this run.*--attribute label to go/,
  );
});

test("sample draws a grid of images, for conditions where there are", async ({ folder }) => {
  const context = join(folder, "hair.csv");
  writeFileSync(context, "hair\n0.5\n");
  const out = join(folder, "grid.png");
  await sample({ run: join(folder, "faces"), context, out });
  const { width, height, channels } = picture(out);
  assert.equal([width, height, channels], [3 * 65 - 1, 2 * 65 - 1, 1]);
  const table = join(folder, "table");
  assert.match(
    await refusal(() => sample({ run: table, out })),
    /its rows are a table of 2 columns; write \.npy/,
  );
});

test("logprob spreads counts as the run did, and leaves drawn rows as they are", async ({
  folder,
}) => {
  const run = join(folder, "plain");
  const drawn = join(folder, "drawn.npy");
  await sample({ run, out: drawn, n: 3 });
  const { values } = readNpy(readFileSync(drawn), drawn);
  const counts = values.map((v) => Math.min(Math.max(Math.floor(v), 0), 255));
  const path = join(folder, "counts.npy");
  writeFileSync(path, writeNpy(counts, [3, 16, 16, 3]));
  const score = async (file: string): Promise<Float64Array> => {
    const out = join(folder, "scores.npy");
    await call(logprobCommand, { run, file, out });
    return readNpy(readFileSync(out), out).values;
  };
  const first = await score(path);
  assert.equal(await score(path), first, "the same noise each time");
  const flow = await load(run);
  const { value } = await flow.logProb(makeRows(values, flow.shape));
  assert.equal(await score(drawn), value, "what has fractions is scored as it is");
  assert.ok(first.every(Number.isFinite));
  writeFileSync(path, writeNpy(counts.slice(0, 16 * 16), [1, 16, 16, 1]));
  assert.match(
    await refusal(() => score(path)),
    /shape \[16, 16, 3\], got rows of shape \[16, 16, 1\]/,
  );
});

test("what cannot be drawn is refused with cause and cure", async ({ folder }) => {
  const [faces, plain, table] = ["faces", "plain", "table"].map((name) => join(folder, name));
  const out = join(folder, "no.png");
  const cases: readonly (readonly [object, RegExp])[] = [
    [
      { run: plain, attribute: "smlie" },
      /unknown attribute "smlie"\. Did you mean "smile"\? Known: smile, eyes/,
    ],
    [
      { run: plain, attribute: "smile", rows: "0,20" },
      /--rows from 0 to 19, the test rows of "faces", got 20/,
    ],
    [{ run: plain, attribute: "smile", rows: "a" }, /--rows a: expected numbers of test rows/],
    [{ run: plain, from: 0, to: 99 }, /--from and --to from 0 to 19.*got 99/],
    [{ run: plain, from: 0 }, /--attribute NAME, or --from ROW and --to ROW/],
    [{ run: plain, attribute: "smile", steps: 1 }, /--steps 1: expected a whole number from 2/],
    [{ run: plain, attribute: "smile", range: NaN }, /--range NaN/],
    [{ run: plain, attribute: "smile", out: "strip.jpg" }, /expected a name that ends in \.png/],
    [{ run: faces, from: 0, to: 1 }, /two rows of the same condition/],
    [{ run: table, attribute: "smile" }, /expected a run on images, .*table of 2 columns/],
  ];
  for (const [args, message] of cases)
    assert.match(await refusal(() => manipulate({ out, ...args })), message);
});

test("a grid shows levels from black to white, and paper where nothing is", () => {
  const rows = makeRows(Float64Array.of(0.5, 3.9, -2, 9, 1, 2), [2, 1, 1]);
  const { data, width, height } = decode(
    imageGrid(rows, { image: [2, 1, 1], levels: 4, columns: 2, scale: 1 }),
  );
  assert.equal([width, height], [3, 5]);
  assert.equal([...data], [0, 255, 0, 255, 255, 255, 255, 255, 255, 85, 255, 255, 170, 255, 255]);
  assert.throws(() => imageGrid(rows, { image: [1, 1, 2], columns: 1 }), /1 channel \(grey\) or 3/);
  const none = { count: 0, shape: [1, 1, 1], values: new Float64Array(0) };
  assert.throws(() => imageGrid(none, { image: [1, 1, 1], columns: 0 }), /at least one image/);
});

test("on the command line an unknown attribute ends with code 2 and no stack", ({ folder }) => {
  const args = ["manipulate", "plain", "--attribute", "smlie", "--out", "x.png"];
  const { code, stderr } = flowmeter(folder, ...args);
  assert.is(code, 2);
  assert.match(stderr, /Did you mean "smile"/);
  assert.not.match(stderr, /^\s+at /m);
});

test.run();
