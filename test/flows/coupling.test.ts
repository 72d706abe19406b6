import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../src/engine/index.ts";
import { affine } from "../../src/flows/affine.ts";
import { coupling } from "../../src/flows/coupling.ts";
import { halves } from "../../src/flows/split.ts";
import { encode, largest, rowsOf } from "./helpers.ts";
import { saying } from "../saying.ts";

/** A conditioner that gives the same raw log-scales and shifts for every row. */
const constant =
  (...outputs: number[]) =>
  (a: Tensor): Tensor =>
    tf.mul(tf.ones([a.shape[0], 1]), tf.tensor2d([outputs]));

test("the first ⌊D/2⌋ columns pass through, the rest becomes b · exp(s) + t", async () => {
  const layer = coupling(halves(3), constant(0.5, -1, 2, 3), affine({ clamp: 2 }));
  const { z, logDet } = await encode(layer, rowsOf([7, 1, -2], 3));
  const s = [0.5, -1].map((raw) => 2 * Math.tanh(raw / 2));
  const expected = [7, Math.exp(s[0] ?? 0) + 2, -2 * Math.exp(s[1] ?? 0) + 3];
  // Constants of a program are float32; these are exactly representable, so float64 accuracy remains.
  assert.ok(largest(z.map((value, i) => value - (expected[i] ?? 0))) < 1e-12);
  assert.ok(Math.abs((logDet[0] ?? 0) - (s[0] ?? 0) - (s[1] ?? 0)) < 1e-12);
});

test("no raw log-scale gets past the clamp", async () => {
  const layer = coupling(halves(2), constant(1e6, 0), affine({ clamp: 1.5 }));
  const { logDet } = await encode(layer, rowsOf([0, 1], 2));
  assert.ok((logDet[0] ?? Infinity) <= 1.5);
});

test("rows of another width are refused with both shapes", () => {
  const layer = coupling(halves(4), constant(0, 0, 0, 0), affine());
  assert.throws(
    () => layer.encode(tf.zeros([5, 3]), { mode: "evaluate" }),
    saying("coupling.encode: expected rows of shape [N, 4], got [5, 3]"),
  );
});

test("one dimension cannot be split", () => {
  assert.throws(() => halves(1), saying("expected at least 2 dimensions, got 1"));
  assert.equal(halves(5), { skipped: 2, active: 3 });
});

test.run();
