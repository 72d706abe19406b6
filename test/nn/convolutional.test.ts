import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { batched } from "../../src/evaluation/batched.ts";
import { createRng } from "../../src/math/rng.ts";
import { convolution } from "../../src/nn/convolution.ts";
import { convolutional } from "../../src/nn/convolutional.ts";
import { initialisers } from "../../src/nn/initialiser.ts";
import type { Network } from "../../src/nn/network.ts";

const [HEIGHT, WIDTH] = [5, 6];

/** Applies a network of pixels to images [count, 5, 6, channels], in float64. */
async function apply(
  store: ReturnType<typeof createStore>,
  network: Network,
  images: Float64Array,
  channels: number,
  contexts?: Float64Array,
): Promise<Float64Array> {
  const shape = [HEIGHT, WIDTH, channels];
  const count = images.length / (HEIGHT * WIDTH * channels);
  const size = (contexts?.length ?? 0) / count;
  const program = await batched(
    {
      label: "network",
      store,
      inputs: { rows: shape, ...(contexts ? { context: [size] } : {}) },
      body: ({ rows, context }) => {
        const pixels = tf.reshape(rows as Tensor, [-1, channels]);
        const y = network(pixels, { mode: "evaluate", ...(context ? { context } : {}) });
        return { y: tf.reshape(y, [count, -1]) };
      },
    },
    count,
    { precision: "float64" },
  );
  const context = { count, shape: [size], values: contexts ?? new Float64Array(0) };
  const inputs = { rows: { count, shape, values: images }, ...(contexts ? { context } : {}) };
  const { y } = await program.run(inputs);
  await program.dispose();
  return y as Float64Array;
}

const noise = (n: number, seed = 1): Float64Array => createRng(seed).normals(n);

function conditioner(options: { positions?: boolean; contextSize?: number; start?: boolean } = {}) {
  const { positions = false, contextSize = 0, start = false } = options;
  const store = createStore();
  const network = convolutional(
    store,
    { height: HEIGHT, width: WIDTH, inputs: 2, outputs: 3, contextSize },
    { hidden: [4, 5], activation: "tanh", positions },
    createRng(1),
  );
  if (!start)
    for (const slot of store.slots("variable")) slot.values = noise(slot.values.length, 7);
  return { store, network };
}

test("a convolution is the sum over the neighbours, zero beyond the border, plus the bias", async () => {
  const store = createStore();
  const size = { height: HEIGHT, width: WIDTH, inputs: 2, outputs: 3 };
  const layer = convolution(store, size, initialisers.he, createRng(1));
  const [filter, bias] = store.slots();
  if (!filter || !bias) throw new Error("a convolution has a filter and a bias");
  bias.values = noise(3, 2);
  const image = noise(HEIGHT * WIDTH * 2);
  const y = await apply(store, layer, image, 2);
  for (let i = 0; i < HEIGHT; i++)
    for (let j = 0; j < WIDTH; j++)
      for (let o = 0; o < 3; o++) {
        let sum = bias.values[o] ?? NaN;
        for (let a = -1; a <= 1; a++)
          for (let b = -1; b <= 1; b++)
            for (let c = 0; c < 2; c++) {
              if (i + a < 0 || i + a >= HEIGHT || j + b < 0 || j + b >= WIDTH) continue;
              const weight = filter.values[(3 * (a + 1) + b + 1) * 6 + 3 * c + o] ?? NaN;
              sum += weight * (image[2 * ((i + a) * WIDTH + j + b) + c] ?? NaN);
            }
        const got = y[3 * (i * WIDTH + j) + o] ?? NaN;
        assert.ok(Math.abs(got - sum) < 1e-12, `pixel ${i}, ${j}, channel ${o}: ${got}, ${sum}`);
      }
});

test("a conditioner starts as zero", async () => {
  const { store, network } = conditioner({ positions: true, start: true });
  const y = await apply(store, network, noise(HEIGHT * WIDTH * 4), 2);
  assert.ok(y.every((value) => value === 0));
});

/** The output at pixel (3, 3) of an image with one bright pixel, and at (3, 4) where all is moved to the right by one. */
async function shifted(positions: boolean): Promise<number> {
  const { store, network } = conditioner({ positions });
  const images = new Float64Array(2 * HEIGHT * WIDTH * 2);
  images[2 * (2 * WIDTH + 2)] = 1;
  images[2 * HEIGHT * WIDTH + 2 * (2 * WIDTH + 3)] = 1;
  const y = await apply(store, network, images, 2);
  // Two pixels from the border at least, so that the zeros around are out of sight.
  const here = 3 * (2 * WIDTH + 2);
  const there = 3 * HEIGHT * WIDTH + 3 * (2 * WIDTH + 3);
  return Math.max(...[0, 1, 2].map((o) => Math.abs((y[here + o] ?? NaN) - (y[there + o] ?? NaN))));
}

test("what moves in the image moves in the output, unless the network knows the place", async () => {
  assert.ok((await shifted(false)) < 1e-12);
  assert.ok((await shifted(true)) > 1e-3);
});

test("each image is conditioned on its own context", async () => {
  const { store, network } = conditioner({ contextSize: 2 });
  const one = noise(HEIGHT * WIDTH * 2);
  const images = Float64Array.from([...one, ...one]);
  const y = await apply(store, network, images, 2, Float64Array.of(0, 1, 0, 1));
  const other = await apply(store, network, images, 2, Float64Array.of(0, 1, 1, 1));
  const half = y.length / 2;
  // The products are the same, but in other places of a matrix they may add in another order.
  y.forEach((value, i) => {
    const moved = Math.abs(value - (other[i] ?? NaN));
    assert.ok(i < half ? moved < 1e-12 : moved > 1e-6, `entry ${i} moved by ${moved}`);
  });
});

test.run();
