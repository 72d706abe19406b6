import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf } from "../../src/engine/index.ts";
import { timeEmbedding } from "../../src/nn/time-embedding.ts";
import { assertClose, inFloat64 } from "../in-float64.ts";

const times = [-0.5, 0, 0.125, 0.9, 1];
const embedded = async (features: number): Promise<number[]> => {
  const { columns } = await inFloat64({ t: times.map((t) => [t]) }, ({ t = tf.scalar(0) }) => ({
    columns: timeEmbedding(features).apply(t),
  }));
  return columns ?? [];
};

test("columns are the sines, then the cosines, of π t, 2 π t, 3 π t", async () => {
  const k = [1, 2, 3];
  const expected = times.flatMap((t) => [
    ...k.map((each) => Math.sin(each * Math.PI * t)),
    ...k.map((each) => Math.cos(each * Math.PI * t)),
  ]);
  // The frequencies are rounded to float32: 9.4 at half an epsilon of 6e-8, times |t| ≤ 1.
  assertClose(await embedded(3), expected, 1e-6);
  assert.is(timeEmbedding(3).columns, 6);
});

test("without features the network sees the time itself", async () => {
  assert.equal(await embedded(0), times);
  assert.is(timeEmbedding(0).columns, 1);
});

test.run();
