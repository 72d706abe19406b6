import { test } from "uvu";
import * as assert from "uvu/assert";

import { bijectionContract } from "../../src/contract/index.ts";
import { tf, type Tensor } from "../../src/engine/index.ts";
import { encodeRows } from "../../src/evaluation/latents.ts";
import { glow } from "../../src/flows/glow.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Rows } from "../../src/math/rows.ts";
import type { Bijection, Cells, Model } from "../../src/model.ts";
import { defaultsOf } from "../../src/options.ts";
import { initialiseModel } from "../../src/training/initialise.ts";
import { applyTo } from "./helpers.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;
const CELLS: Cells = { origin: 0, width: 0.25 };
const small = { ...defaultsOf(glow.options), levels: 1, steps: 2, hidden: [6, 6] };

interface Variant {
  readonly contextSize?: number;
  readonly cells?: Cells;
}
const build = (
  shape: readonly number[],
  options: Readonly<Record<string, unknown>> = {},
  variant: Variant = {},
): Model =>
  glow.build({
    options: { ...small, ...options },
    shape,
    contextSize: 0,
    rng: createRng(1),
    ...variant,
  });

/** Takes the model away from its identity start. */
function perturbed(model: Model, only = "", deviation = 0.3): Model {
  for (const slot of model.store.slots("variable")) {
    if (!slot.name.includes(only)) continue;
    const noise = createRng(slot.name).normals(slot.values.length);
    slot.values = slot.values.map((v, i) => v + deviation * (noise[i] ?? 0));
  }
  return model;
}

function images(count: number, shape: readonly number[], seed = 3): Rows {
  const size = shape.reduce((a, b) => a * b, 1);
  return { count, shape, values: createRng(seed).normals(count * size) };
}

for (const [shape, levels] of [[[4, 4, 1], 2], [[4, 4, 3], 1], [[8, 8, 1], 3]] as const) {
  // With 0.3 the triangular factors of 16 channels have condition numbers of 10⁶, and round trips lose their digits.
  const model = perturbed(build(shape, { levels, steps: 1 }), "", 0.1);
  for (const { name, run } of bijectionContract({
    name: `glow at [${shape.join(", ")}]`,
    bijection: model.bijection as Bijection,
    store: model.store,
    rows: images(2, shape),
    engine: FLOAT64,
  }))
    test(name, run);
} // prettier-ignore

test("after its start every channel of the first images has mean 0 and deviation 1", async () => {
  // Without mixing, with couplings that start as the identity, the latents are what the last ActNorm gives.
  const model = build([4, 4, 1], { mixing: "none" });
  const train = images(100, [4, 4, 1]);
  train.values.forEach((value, i) => {
    train.values[i] = 3 + (1 + (i % 4)) * value;
  });
  await initialiseModel({ model, train, engine: FLOAT64 }, createRng(2));
  const { values } = await encodeRows(model, train, { engine: FLOAT64 });
  for (let channel = 0; channel < 4; channel++) {
    const entries = values.filter((_, i) => i % 4 === channel);
    const mean = entries.reduce((sum, z) => sum + z, 0) / entries.length;
    const square = entries.reduce((sum, z) => sum + z * z, 0) / entries.length;
    assert.ok(Math.abs(mean) < 1e-12, `mean ${mean} of channel ${channel}`);
    assert.ok(Math.abs(square - 1) < 1e-12, `variance ${square} of channel ${channel}`);
  }
});

test("the prior of latents that are split off depends on those that go on, and moves no others", async () => {
  const plain = perturbed(build([4, 4, 1], { levels: 2 }));
  const moved = perturbed(perturbed(build([4, 4, 1], { levels: 2 })), "level0/prior");
  const rows = images(3, [4, 4, 1]);
  const [one, other] = await Promise.all(
    [plain, moved].map((model) => encodeRows(model, rows, { engine: FLOAT64 })),
  );
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 16; j++) {
      const shift = (one?.values[16 * i + j] ?? NaN) - (other?.values[16 * i + j] ?? NaN);
      if (j < 8) assert.ok(Math.abs(shift) > 1e-6, `latent ${j} has no prior`);
      else assert.is(shift, 0, `latent ${j} goes on and has moved`);
    }
  const without = build([4, 4, 1], { levels: 2, learnedPrior: false });
  assert.not.ok(without.store.slots().some(({ name }) => name.includes("prior")));
});

test("a training step draws the noise within the cells anew, and leaves continuous rows alone", async () => {
  assert.is(build([2, 2, 1]).noise, undefined);
  const model = perturbed(build([2, 2, 1], {}, { cells: CELLS }));
  assert.equal(Object.keys(model.noise ?? {}), ["dequantisation"]);
  assert.equal(model.noise?.["dequantisation"]?.shape(7), [7, 2, 2, 1]);
  const counts = Float64Array.from(createRng(4).integers(20, 4));
  const [old, fresh] = [createRng(5).uniforms(20), createRng(6).uniforms(20)];
  const rows = {
    count: 5,
    shape: [2, 2, 1],
    values: counts.map((k, i) => CELLS.width * (k + (old[i] ?? 0))),
  };
  const redrawn = { ...rows, values: counts.map((k, i) => CELLS.width * (k + (fresh[i] ?? 0))) };
  const lossAt = async (given: Rows, noise: Float64Array): Promise<number> => {
    const { loss } = await applyTo(model.store, given, (batch) => {
      const u = tf.add(tf.tensor(Float32Array.from(noise), [5, 2, 2, 1]), 0);
      const call = { batch, noise: { dequantisation: u }, step: tf.scalar(0) };
      const result = model.loss?.({ ...call, mode: "train" });
      return { loss: tf.mul(tf.ones([5]), result?.loss as Tensor) };
    });
    return loss[0] ?? NaN;
  };
  // The noise of the test enters as float32.
  assert.ok(Math.abs((await lossAt(rows, fresh)) - (await lossAt(redrawn, fresh))) < 1e-12);
  assert.ok(Math.abs((await lossAt(rows, fresh)) - (await lossAt(rows, old))) > 1e-3);
});

const variational = { dequantisation: "variational" };
test("learned noise adds a network to the first level, and nothing else", () => {
  const model = build([4, 4, 1], variational, { cells: CELLS });
  const uniform = build([4, 4, 1], {}, { cells: CELLS });
  const own = new Set(uniform.store.slots().map(({ name }) => name));
  const added = model.store.slots().filter(({ name }) => !own.has(name));
  assert.ok(
    added.length > 0 && added.every(({ name }) => name.startsWith("level0/dequantisation/")),
  );
});

const counts = createRng(7).integers(64, 8);
const noise = createRng(8).uniforms(64);
const variationalModel = perturbed(
  build([4, 4, 1], { ...variational, levels: 2 }, { cells: CELLS, contextSize: 2 }),
  "",
  0.1,
);
for (const { name, run } of bijectionContract({
  name: "glow with learned noise and a condition",
  bijection: variationalModel.bijection as Bijection,
  store: variationalModel.store,
  rows: {
    count: 4,
    shape: [4, 4, 1],
    values: noise.map((u, i) => CELLS.width * ((counts[i] ?? 0) + u)),
  },
  context: images(4, [2]),
  engine: FLOAT64,
}))
  test(name, run);

const refusals: readonly (readonly [string, readonly number[], Readonly<Record<string, unknown>>, RegExp])[] = [
  ["a table", [64], {}, /glow: expected images of shape \[height, width, channels\], got .*\[64\].*choose an image data set/],
  ["an odd size", [8, 7, 1], {}, /glow: .*even height and width, got a width of 7.*data\.pad/],
  ["too many levels", [28, 28, 1], { levels: 3 }, /glow: the height 28 can be halved twice, but family\.levels is 3; set family\.levels to at most 2/],
  ["learned noise of continuous rows", [4, 4, 1], { dequantisation: "variational" }, /glow: family\.dequantisation=variational needs counts.*data\.dequantise/],
  ["no hidden layer", [4, 4, 1], { hidden: [] }, /at least one hidden layer.*family\.hidden/],
]; // prettier-ignore
for (const [what, shape, options, message] of refusals)
  test(`${what} is refused with cause and cure`, () => {
    try {
      build(shape, options);
      assert.unreachable("nothing was refused");
    } catch (error) {
      assert.match(String(error), message);
      assert.match(String(error), /^ModelError/);
    }
  });

test.run();
