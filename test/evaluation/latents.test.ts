import { test } from "uvu";
import * as assert from "uvu/assert";

import { attributeDirection } from "../../src/evaluation/attribute-direction.ts";
import { interpolate } from "../../src/evaluation/interpolate.ts";
import { decodeLatents, encodeRows } from "../../src/evaluation/latents.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Model } from "../../src/model.ts";
import { defaultsOf } from "../../src/options.ts";

const rows = (values: readonly number[], dim: number) => ({
  count: values.length / dim,
  shape: [dim],
  values: Float64Array.from(values),
});
const norm = (values: Float64Array): number => Math.hypot(...values);
const row = ({ values }: { values: Float64Array }, i: number, dim: number): Float64Array =>
  values.slice(i * dim, (i + 1) * dim);

const assertNear = (got: ArrayLike<number>, expected: readonly number[]): void => {
  expected.forEach((value, i) => {
    assert.ok(Math.abs((got[i] ?? NaN) - value) < 1e-12, `entry ${i} is ${got[i] ?? NaN}`);
  });
};

function model(contextSize = 0): Model {
  const options = { ...defaultsOf(realNvp.options), layers: 2, hidden: [8] };
  const built = realNvp.build({ options, shape: [3], contextSize, rng: createRng(1) });
  for (const slot of built.store.slots("variable")) {
    const noise = createRng(slot.name).normals(slot.values.length);
    slot.values = slot.values.map((v, i) => v + 0.3 * (noise[i] ?? 0));
  }
  return built;
}

test("decoding the latents of rows gives the rows back, in batches that do not divide their number", async () => {
  const data = { count: 5, shape: [3], values: createRng(2).normals(15) };
  const context = { count: 5, shape: [2], values: createRng(3).normals(10) };
  const engine = { precision: "float64" } as const;
  const flow = model(2);
  const options = { context, engine, batch: 2 };
  const latents = await encodeRows(flow, data, options);
  assert.equal([latents.count, latents.shape], [5, [3]]);
  const back = await decodeLatents(flow, latents, options);
  // Affine couplings in float64 lose some ten units in the last place.
  assertNear(back.values, [...data.values]);
  assert.ok(latents.values.some((z, i) => Math.abs(z - (data.values[i] ?? NaN)) > 0.1));
  const other = { ...context, values: context.values.map((c) => c + 1) };
  const moved = await encodeRows(flow, data, { ...options, context: other });
  assert.ok(moved.values.some((z, i) => Math.abs(z - (latents.values[i] ?? NaN)) > 1e-3));
});

test("no rows have no latents, and a model without a map says so", async () => {
  const none = { count: 0, shape: [3], values: new Float64Array(0) };
  assert.is((await encodeRows(model(), none)).count, 0);
  const { bijection, ...without } = model();
  assert.ok(bijection);
  try {
    await encodeRows(without, none);
    assert.unreachable("a model without a map was encoded");
  } catch (error) {
    assert.match(String(error), /ModelError: encodeRows: this family has no invertible map/);
  }
});

test("a linear way has equal steps and both ends", () => {
  const way = interpolate([0, 4], [4, -4], 5, "linear");
  assert.equal([...way.values], [0, 4, 1, 2, 2, 0, 3, -2, 4, -4]);
});

test("a spherical way keeps its distance from the origin and turns by equal angles", () => {
  const way = interpolate([3, 0, 0], [0, 3, 0], 4, "spherical");
  for (let i = 0; i < 4; i++) {
    const point = row(way, i, 3);
    // Closed form: angle 30° · i in the plane of the ends.
    assert.ok(Math.abs(norm(point) - 3) < 1e-12);
    assert.ok(Math.abs((point[0] ?? NaN) - 3 * Math.cos((i * Math.PI) / 6)) < 1e-12);
  }
  // Parallel ends have no angle between them: the linear way.
  assert.equal([...interpolate([1, 1], [3, 3], 3, "spherical").values], [1, 1, 2, 2, 3, 3]);
  assert.throws(() => interpolate([1, 0], [-1, 0], 3, "spherical"), /opposite.*linearly/);
  assert.throws(() => interpolate([1, 0], [1], 3), /got 2 and 1 numbers/);
  assert.throws(() => interpolate([1], [2], 1), /at least 2 steps/);
});

test("an attribute's direction is the difference of two means", () => {
  const latents = rows([0, 1, 2, 1, 4, 3, 10, 5], 2);
  // Rows 1, 2 and 3 have it.
  const binary = attributeDirection(latents, [0, 1, 1, 1]);
  assert.equal([binary.withIt, binary.without, binary.threshold], [3, 1, 0.5]);
  assertNear(binary.direction, [16 / 3, 2]);
  // The upper half of four values are the last two.
  const continuous = attributeDirection(latents, [0.1, 0.3, 0.7, 0.9]);
  assert.equal([continuous.withIt, continuous.threshold], [2, 0.5]);
  assertNear(continuous.direction, [6, 3]);
  // Class 1 against classes 0 and 2.
  const classes = attributeDirection(latents, [2, 1, 0, 2], { class: 1 });
  assert.equal([classes.withIt, classes.without], [1, 3]);
  assertNear(classes.direction, [2 - 14 / 3, 1 - 3]);
});

test("most rows at the largest value still leave two sides; a constant attribute is refused", () => {
  const latents = rows([0, 1, 2, 3, 4], 1);
  const { withIt, without } = attributeDirection(latents, [1, 2, 5, 5, 5]);
  assert.equal([withIt, without], [3, 2]);
  assert.throws(
    () => attributeDirection(latents, [1, 1, 1, 1, 1]),
    /expected rows with and without the attribute, got 0 with and 5 without/,
  );
  assert.throws(() => attributeDirection(latents, [1, 2]), /each of the 5 rows, got 2/);
});

test.run();
