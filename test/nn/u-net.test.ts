import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type EngineOptions, type Tensor } from "../../src/engine/index.ts";
import { batched } from "../../src/evaluation/batched.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Rows } from "../../src/math/rows.ts";
import type { Call } from "../../src/model.ts";
import { halving } from "../../src/nn/halving.ts";
import { uNet } from "../../src/nn/u-net.ts";
import { uNetVelocity } from "../../src/ode/u-net-velocity.ts";
import { saying } from "../saying.ts";

const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };
const noise = (n: number, seed: number): Float64Array => createRng(seed).normals(n);
const rowsOf = (values: Float64Array, shape: readonly number[]): Rows => ({
  count: values.length / shape.reduce((product, d) => product * d, 1),
  shape,
  values,
});

interface Kind {
  readonly height?: number;
  readonly width?: number;
  readonly hidden?: readonly number[];
  readonly contextSize?: number;
  readonly positions?: boolean;
  /** Leave the network at its start, where it is zero. */
  readonly start?: boolean;
}

/** A network of 2 channels → 3, as a function of rows [N, height · width · 2]; its variables are moved to normals of deviation 0.3. */
function network(kind: Kind = {}) {
  const { height = 8, width = 8, hidden = [4, 5, 6], contextSize = 0, positions = false } = kind;
  const store = createStore();
  const net = uNet(
    store,
    { height, width, inputs: 2, outputs: 3, contextSize },
    { hidden, activation: "silu", positions },
    createRng(1),
  );
  if (kind.start !== true)
    for (const slot of store.slots("variable"))
      slot.values = noise(slot.values.length, 7).map((value) => 0.3 * value);
  const rows = (x: Tensor, call: Call): Tensor =>
    tf.reshape(net(tf.reshape(x, [-1, 2]), call), [x.shape[0], -1]);
  return { store, rows, shape: [height * width * 2] };
}

/** What `body` makes of images and contexts. */
async function apply(
  { store, rows, shape }: ReturnType<typeof network>,
  inputs: { readonly x: Float64Array; readonly context?: Rows; readonly v?: Float64Array },
  engine = FLOAT64,
): Promise<Record<string, Float64Array>> {
  const { context, v } = inputs;
  const given = {
    x: rowsOf(inputs.x, shape),
    ...(context && { context }),
    ...(v && { v: rowsOf(v, shape) }),
  };
  const program = await batched(
    {
      label: "u-net",
      store,
      inputs: Object.fromEntries(Object.entries(given).map(([name, r]) => [name, r.shape])),
      body: ({ x, context: c, v: direction }) => {
        const f = (at: Tensor): Tensor => rows(at, { mode: "evaluate", ...(c && { context: c }) });
        const loss = (at: Tensor): Tensor => tf.sum(tf.sin(f(at)), 1);
        const slope = (): Tensor =>
          tf.sum(tf.mul(tf.grad((at) => tf.sum(loss(at)))(x as Tensor), direction as Tensor), 1);
        return {
          y: f(x as Tensor),
          loss: loss(x as Tensor),
          ...(direction ? { slope: slope() } : {}),
        };
      },
    },
    given.x.count,
    engine,
  );
  try {
    return await program.run(given);
  } finally {
    await program.dispose();
  }
}

const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));
const difference = (a: Float64Array, b: Float64Array): number =>
  largest(a.map((value, i) => value - (b[i] ?? NaN)));

test("it starts as zero, whatever the image, and gives an image of the same size", async () => {
  const kind = { contextSize: 2, positions: true, start: true };
  const context = rowsOf(noise(4, 3), [2]);
  const { y = noise(1, 1) } = await apply(network(kind), { x: noise(2 * 128, 2), context });
  assert.is(y.length, 2 * 8 * 8 * 3);
  assert.ok(y.every((value) => value === 0));
});

test("the gradient towards the image is that of finite differences", async () => {
  const net = network({ contextSize: 2, positions: true });
  const context = rowsOf(noise(4, 3), [2]);
  const [x, v] = [noise(2 * 128, 2), noise(2 * 128, 4)];
  // The error of a central difference is h² times the third derivative, beside round-off of 1e-16/h.
  const h = 1e-5;
  const at = async (step: number): Promise<Float64Array> => {
    const moved = x.map((value, i) => value + step * (v[i] ?? 0));
    return (await apply(net, { x: moved, context }))["loss"] ?? x;
  };
  const [after, before] = [await at(h), await at(-h)];
  const { slope = x } = await apply(net, { x, v, context });
  slope.forEach((value, i) => {
    const expected = ((after[i] ?? NaN) - (before[i] ?? NaN)) / (2 * h);
    assert.ok(Math.abs(expected) > 0.1, `a slope of ${expected} says nothing`);
    assert.ok(Math.abs(value - expected) < 1e-6 * (1 + Math.abs(expected)), `${value} ${expected}`);
  });
});

test("compiled and eager engines give the same", async () => {
  const net = network({ contextSize: 2, positions: true });
  const inputs = { x: noise(2 * 128, 2), v: noise(2 * 128, 4), context: rowsOf(noise(4, 3), [2]) };
  const compiled = await apply(net, inputs, { engine: "cpu" });
  const eager = await apply(net, inputs, { engine: "tfjs-cpu" });
  for (const [name, values] of Object.entries(eager)) {
    // Float32 sums in another order, through seven layers: some 10 ε of the largest output, which sines see absolutely.
    const error = difference(values, compiled[name] ?? noise(1, 1)) / largest(values);
    assert.ok(error < (name === "y" ? 1e-5 : 1e-3), `${name}: ${error}`);
  }
});

/** The change of the output where what is in the image moves to the right by `by`, the output moved back. */
async function moved(by: number, positions: boolean): Promise<number> {
  const [height, width] = [8, 64];
  const net = network({ height, width, hidden: [3, 4], positions });
  const images = new Float64Array(2 * height * width * 2);
  for (let row = 0; row < height; row++)
    for (const [image, column] of [
      [0, 30],
      [1, 30 + by],
    ] as const)
      images[2 * ((image * height + row) * width + column)] = 1 + row;
  const { y = images } = await apply(net, { x: images });
  const pixel = (image: number, row: number, column: number) =>
    y.subarray(3 * ((image * height + row) * width + column)).subarray(0, 3);
  const changes: number[] = [];
  // Columns that the zeros beyond the border do not reach: 12 pixels from it.
  for (let row = 0; row < height; row++)
    for (let column = 16; column < 44; column++)
      changes.push(difference(pixel(0, row, column), pixel(1, row, column + by)));
  return largest(changes);
}

test("what moves by a pixel of the coarsest resolution moves in the output, unless the network knows the place", async () => {
  assert.ok((await moved(2, false)) < 1e-12);
  assert.ok((await moved(2, true)) > 1e-3);
  // One pixel is half of a coarse one: the halves see something else.
  assert.ok((await moved(1, false)) > 1e-3);
});

test("each image heeds its own context and no other", async () => {
  const net = network({ contextSize: 2 });
  const one = noise(128, 2);
  const x = Float64Array.from([...one, ...one]);
  const contexts = (last: number): Rows => rowsOf(Float64Array.of(0, 1, 0, last), [2]);
  const [{ y = x }, { y: other = x }] = [
    await apply(net, { x, context: contexts(1) }),
    await apply(net, { x, context: contexts(2) }),
  ];
  const half = y.length / 2;
  // The products are the same, but in other places of a matrix they may add in another order.
  assert.ok(difference(y.subarray(0, half), other.subarray(0, half)) < 1e-12);
  assert.ok(difference(y.subarray(0, half), y.subarray(half)) < 1e-12);
  assert.ok(difference(y.subarray(half), other.subarray(half)) > 1e-3);
});

test("mean and repetition are cases of the maps between resolutions", async () => {
  const store = createStore();
  const maps = halving(store, { width: 6 }, { fine: 2, coarse: 2 }, createRng(1));
  const [down, , up] = store.slots("variable");
  if (!down || !up) throw new Error("a halving has two linear maps");
  // Both are kept as [2, 4 · 2], four pixels of two channels side by side.
  const same = Float64Array.from({ length: 16 }, (_, i) => (i % 2 === Math.floor(i / 8) ? 1 : 0));
  down.values = same.map((entry) => entry / 4);
  up.values = same;
  const x = noise(2 * 4 * 6 * 2, 2);
  const program = await batched(
    {
      label: "halving",
      store,
      inputs: { x: [4 * 6 * 2] },
      body: ({ x: images }) => {
        const fine: Tensor = tf.reshape(images as Tensor, [-1, 2]);
        const coarse = maps.down(fine, { mode: "evaluate" });
        const back = maps.up(coarse, { mode: "evaluate" });
        return { coarse: tf.reshape(coarse, [2, -1]), back: tf.reshape(back, [2, -1]) };
      },
    },
    2,
    FLOAT64,
  );
  const { coarse = x, back = x } = await program.run({ x: rowsOf(x, [48]) });
  await program.dispose();
  assert.is(coarse.length, x.length / 4);
  // Rows of both images, one below the other.
  for (let row = 0; row < 8; row++)
    for (let column = 0; column < 6; column++)
      for (let c = 0; c < 2; c++) {
        const [top, left] = [2 * Math.floor(row / 2), 2 * Math.floor(column / 2)];
        const at = (i: number, j: number): number => x[2 * ((top + i) * 6 + left + j) + c] ?? NaN;
        const mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
        const place = 2 * ((row >> 1) * 3 + (column >> 1)) + c;
        assert.ok(Math.abs((coarse[place] ?? NaN) - mean) < 1e-14);
        assert.ok(Math.abs((back[2 * (row * 6 + column) + c] ?? NaN) - mean) < 1e-14);
      }
});

test("sizes that cannot be halved, no channels, and rows that are no images are refused with what to do", () => {
  assert.not.throws(() => network({ height: 28, width: 28, hidden: [4, 4, 4] }));
  assert.throws(
    () => network({ height: 28, width: 28, hidden: [4, 4, 4, 4] }),
    saying("images of 28 × 28 can be halved twice, but family.hidden has 4 entries"),
  );
  assert.throws(() => network({ height: 8, width: 7, hidden: [4, 4] }), saying("at most 1"));
  assert.throws(() => network({ hidden: [] }), saying("[32, 64]"));
  const options = { network: "u-net", hidden: [4], activation: "silu", timeFeatures: 2 } as const;
  assert.throws(
    () =>
      uNetVelocity(
        createStore(),
        { shape: [6], contextSize: 0, name: "test" },
        options,
        createRng(1),
      ),
    saying("expected images of shape [height, width, channels]"),
  );
});

test.run();
