import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import { redraw } from "../../src/distributions/cells.ts";
import { dequantisation } from "../../src/flows/dequantisation.ts";
import { unitBend } from "../../src/flows/unit-bend.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Rows } from "../../src/math/rows.ts";
import { applyTo, largest, rowsOf } from "./helpers.ts";

const CELLS = { origin: -0.3, width: 0.125 };
/** Rows of three counts 0 … 6 with their noise, and both apart. */
function countRows(count: number): { rows: Rows; counts: Float64Array; noise: Float64Array } {
  const counts = Float64Array.from(createRng("counts").integers(3 * count, 7));
  const noise = createRng("noise").uniforms(3 * count);
  const values = counts.map((k, i) => CELLS.origin + CELLS.width * (k + (noise[i] ?? 0)));
  return { rows: { count, shape: [3], values }, counts, noise };
}
/** Parameters that depend on the counts of the whole row, strong enough to bend. */
const network = (counts: Tensor): Tensor =>
  tf.matMul(tf.sub(counts, 3), tf.tensor2d(Array.from(createRng(1).normals(18)), [3, 6]));
const layer = dequantisation(3, CELLS, network, unitBend);

test("every entry stays in its cell, and decode gives it back", async () => {
  const { rows, counts } = countRows(200);
  const { z, x, logDet, back } = await applyTo(createStore(), rows, (given) => {
    const there = layer.encode(given, { mode: "evaluate" });
    const again = layer.decode(there.z, { mode: "evaluate" });
    return { z: there.z, logDet: there.logDet, x: again.x, back: again.logDet };
  });
  z.forEach((value, i) => {
    assert.is(Math.floor((value - CELLS.origin) / CELLS.width), counts[i]);
  });
  assert.ok(largest(z.map((value, i) => value - (rows.values[i] ?? 0))) > 0.01, "nothing moved");
  // Float64 round-off, divided by slopes of down to exp(−8).
  assert.ok(largest(x.map((value, i) => value - (rows.values[i] ?? 0))) < 1e-11);
  assert.ok(largest(logDet.map((value, i) => value + (back[i] ?? 0))) < 1e-10);
});

test("the density of the moved noise integrates to one, for every image of counts", async () => {
  // The noise of entry 1 runs over a grid, the counts stay: ∫ ∂s/∂u du = s(1) − s(0) = 1.
  const points = 2000;
  const values = Array.from({ length: points }, (_, i) =>
    [2.5, 4 + (i + 0.5) / points, 0.5].map((t) => CELLS.origin + CELLS.width * t),
  );
  const { slope, others } = await applyTo(createStore(), rowsOf(values.flat(), 3), (x) => {
    const { logDet } = layer.encode(x, { mode: "evaluate" });
    const raw = network(tf.tensor2d([[2, 4, 0]]));
    const fixed = unitBend.forward(tf.tensor2d([[0.5, 0.5, 0.5]]), raw).logSlope;
    const rest = tf.sub(tf.sum(fixed), tf.sum(tf.slice(fixed, [0, 1], [1, 1])));
    return { slope: tf.exp(tf.sub(logDet, rest)), others: tf.mul(tf.ones([points]), rest) };
  });
  assert.ok(Math.abs(others[0] ?? 0) > 0.01, "the other entries do not bend");
  const integral = slope.reduce((sum, value) => sum + value, 0) / points;
  // The midpoint rule errs by h² (s″(1) − s″(0)) / 24; the network's weights are float32 constants in both sums.
  assert.ok(Math.abs(integral - 1) < 1e-4, `${integral}`);
});

test("fresh noise keeps the counts and replaces the rest", async () => {
  const { rows, counts } = countRows(100);
  const fresh = createRng("fresh").uniforms(300);
  const both: Rows = {
    count: 100,
    shape: [6],
    values: Float64Array.from({ length: 600 }, (_, i) => {
      const [row, j] = [Math.floor(i / 6), i % 6];
      return (j < 3 ? rows.values[3 * row + j] : fresh[3 * row + j - 3]) ?? NaN;
    }),
  };
  const { x } = await applyTo(createStore(), both, (given) => {
    const [old, u] = tf.split(given, 2, 1) as [Tensor, Tensor];
    return { x: redraw(old, u, CELLS) };
  });
  const expected = counts.map((k, i) => CELLS.origin + CELLS.width * (k + (fresh[i] ?? 0)));
  assert.ok(largest(x.map((value, i) => value - (expected[i] ?? 0))) < 1e-14);
});

test("an entry that float32 has put a little below the first cell belongs to it", async () => {
  const below = rowsOf([CELLS.origin - 1e-9], 1);
  const { x } = await applyTo(createStore(), below, (given) => ({
    x: redraw(given, tf.scalar(0.5), CELLS),
  }));
  assert.ok(Math.abs((x[0] ?? NaN) - (CELLS.origin + 0.5 * CELLS.width)) < 1e-14);
});

test("bends with extreme parameters rise from 0 to 1, with the slopes of finite differences", async () => {
  const count = 1000;
  const rng = createRng("bends");
  const values = Array.from(rng.uniforms(3 * count), (u, i) => (i % 3 === 0 ? u : 20 * (u - 0.5)));
  const { y, numeric, slope, ends, back } = await applyTo(
    createStore(),
    rowsOf(values, 3),
    (given) => {
      const x = tf.slice(given, [0, 0], [-1, 1]);
      const raw = tf.slice(given, [0, 1], [-1, 2]);
      const at = (points: Tensor): Tensor => unitBend.forward(points, raw).y;
      const h = 1e-6;
      const forward = unitBend.forward(x, raw);
      return {
        y: forward.y,
        slope: tf.exp(forward.logSlope),
        numeric: tf.div(tf.sub(at(tf.add(x, h)), at(tf.sub(x, h))), tf.mul(tf.onesLike(x), 2 * h)),
        ends: tf.concat([at(tf.zerosLike(x)), at(tf.onesLike(x))], 1),
        back: tf.sub(unitBend.inverse(forward.y, raw).x, x),
      };
    },
  );
  assert.ok(y.every((value) => value >= 0 && value <= 1));
  ends.forEach((value, i) => {
    assert.is(value, i % 2);
  });
  // Slopes reach e⁴, third derivatives near an end e^12: h² of them is 2e-7.
  slope.forEach((value, i) => {
    assert.ok(
      Math.abs(value - (numeric[i] ?? NaN)) < 1e-4 * value,
      `${value} ${numeric[i] ?? NaN}`,
    );
  });
  assert.ok(slope.every((value) => value > 0));
  // Float64 round-off divided by the least slope, e⁻⁴/4 or so.
  assert.ok(largest(back) < 1e-12);
});

test("at zero parameters the noise stays uniform", async () => {
  const { y, logSlope } = await applyTo(createStore(), rowsOf([0, 0.25, 0.5, 1], 1), (x) =>
    unitBend.forward(x, tf.zeros([4, 2])),
  );
  // (ξ² + ξη)/(ξ² + η² + 2ξη) = ξ to a unit in the last place.
  assert.ok(largest([0, 0.25, 0.5, 1].map((u, i) => u - (y[i] ?? NaN))) < 1e-15);
  assert.ok(largest(logSlope) < 1e-15);
});

test.run();
