import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import type { Layer } from "../../src/flows/layer.ts";
import { multiScale } from "../../src/flows/multi-scale.ts";
import { squeeze } from "../../src/flows/squeeze.ts";
import type { Rows } from "../../src/math/rows.ts";
import { applyTo } from "./helpers.ts";
import { saying } from "../saying.ts";

/** Images whose entries are their numbers, from 0. */
const counting = (count: number, shape: readonly number[]): Rows => ({
  count,
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, count) }, (_, i) => i),
});

test("squeeze makes each 2 × 2 block a pixel, row by row", async () => {
  const layer = squeeze([2, 4, 1]);
  const images = counting(1, [2, 4, 1]);
  const { z, back } = await applyTo(createStore(), images, (x) => {
    const squeezed = layer.encode(x, { mode: "evaluate" }).z;
    assert.equal(squeezed.shape, [1, 1, 2, 4]);
    return { z: squeezed, back: layer.decode(squeezed, { mode: "evaluate" }).x };
  });
  // 0 1 2 3
  // 4 5 6 7
  assert.equal([...z], [0, 1, 4, 5, 2, 3, 6, 7]);
  assert.equal([...back], [...images.values]);
});

test("squeeze keeps the channels of a pixel together", async () => {
  const layer = squeeze([2, 2, 3]);
  const { z } = await applyTo(createStore(), counting(2, [2, 2, 3]), (x) => ({
    z: layer.encode(x, { mode: "evaluate" }).z,
  }));
  assert.equal(
    [...z],
    Array.from({ length: 24 }, (_, i) => i),
  );
});

/** Two levels of nothing but squeezes. */
const twoLevels = multiScale([
  { layers: [squeeze([4, 4, 1])], shape: [2, 2, 4] },
  { layers: [squeeze([2, 2, 2])], shape: [1, 1, 8] },
]);

test("the latents of the finest level come first, and none is lost", async () => {
  const images = counting(2, [4, 4, 1]);
  const { z, back, logDet } = await applyTo(createStore(), images, (x) => {
    const latent = twoLevels.layer.encode(x, { mode: "evaluate" });
    const { x: decoded } = twoLevels.layer.decode(latent.z, { mode: "evaluate" });
    return { z: latent.z, logDet: latent.logDet, back: decoded };
  });
  //  0  1 |  2  3      level 1 splits off the upper row of each block,
  //  4  5 |  6  7      level 2 keeps the lower ones
  //  8  9 | 10 11
  // 12 13 | 14 15
  const one = [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15];
  assert.equal([...z], [...one, ...one.map((i) => i + 16)]);
  assert.equal([...back], [...images.values]);
  assert.equal([...logDet], [0, 0]);
});

/** Multiplies all entries by `factor`. */
const scaling = (factor: number, entries: number): Layer => {
  const logDet = (x: Tensor, sign: number): Tensor =>
    tf.mul(tf.ones([x.shape[0]]), sign * entries * Math.log(factor));
  return {
    encode: (x) => ({ z: tf.mul(x, factor), logDet: logDet(x, 1) }),
    decode: (z) => ({ x: tf.div(z, factor), logDet: logDet(z, -1) }),
  };
};

test("the log-determinants of all levels count, in both directions and in the stages", async () => {
  // 16 entries times 2 at the first level, 8 times 4 at the second: 32 ln 2 in all, a power of two in each entry.
  const { layer, stages } = multiScale([
    { layers: [squeeze([4, 4, 1]), scaling(2, 16)], shape: [2, 2, 4] },
    { layers: [squeeze([2, 2, 2]), scaling(4, 8)], shape: [1, 1, 8] },
  ]);
  const images = counting(2, [4, 4, 1]);
  const results = await applyTo(createStore(), images, (x) => {
    const { z, logDet } = layer.encode(x, { mode: "evaluate" });
    const back = layer.decode(z, { mode: "evaluate" });
    const sums = stages.encode(x, { mode: "evaluate" }).map((stage) => stage.logDet);
    return { logDet, inverse: back.logDet, x: back.x, stages: tf.stack(sums, 1) };
  });
  const total = 32 * Math.LN2;
  // The factors' logarithms are float32 constants of the program: 24 bits.
  const close = (values: Float64Array, expected: readonly number[]): void => {
    expected.forEach((value, i) => {
      assert.ok(Math.abs((values[i] ?? NaN) - value) < 1e-5, `${values[i] ?? NaN}, not ${value}`);
    });
  };
  close(results.logDet, [total, total]);
  close(results.inverse, [-total, -total]);
  close(results.stages, [0, 0, total / 2, total / 2, total]);
  assert.equal([...results.x], [...images.values]);
});

test("stages are whole rows: what is split off stays in them", async () => {
  const images = counting(2, [4, 4, 1]);
  const { stages } = twoLevels;
  assert.equal(stages.names, ["data", "level 1, step 1", "level 2, step 1"]);
  const reached = await applyTo(createStore(), images, (x) =>
    Object.fromEntries(
      stages.encode(x, { mode: "evaluate" }).map(({ z }, i) => [`stage ${i}`, tf.clone(z)]),
    ),
  );
  assert.equal([...(reached["stage 0"] ?? [])], [...images.values]);
  for (const stage of Object.values(reached))
    assert.equal(
      [...stage].sort((a, b) => a - b),
      [...images.values],
    );
});

test("images of another shape are refused with both shapes", () => {
  assert.throws(
    () => squeeze([4, 4, 1]).encode(tf.zeros([2, 2, 2, 1]), { mode: "evaluate" }),
    saying("squeeze.encode: expected images of shape [N, 4, 4, 1], got [2, 2, 2, 1]"),
  );
});

test.run();
