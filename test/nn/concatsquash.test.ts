import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Store } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { concatsquash } from "../../src/nn/concatsquash.ts";
import { assertClose, inFloat64 } from "../in-float64.ts";

const zero = tf.scalar(0);

/** Runs a network of 2 inputs, 3 hidden units, 2 outputs and a context of 1 column, after `change` of its arrays. */
async function evaluate(
  change: (store: Store) => void,
  rows: { t: number; x: number[]; c: number }[],
): Promise<number[]> {
  const store = createStore();
  const network = concatsquash(
    store,
    { inputs: 2, outputs: 2, contextSize: 1 },
    { hidden: [3], activation: "tanh", timeColumns: 1 },
    createRng(1),
  );
  change(store);
  const { out } = await inFloat64(
    { t: rows.map(({ t }) => [t]), x: rows.map(({ x }) => x), c: rows.map(({ c }) => [c]) },
    ({ t = zero, x = zero, c = zero }) => ({
      out: network(t, x, { mode: "evaluate", context: c }),
    }),
    store,
  );
  return out ?? [];
}

const slotsOf = (store: Store) => Object.fromEntries(store.slots().map((s) => [s.name, s]));
const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

test("layers are tanh((W h + b) σ(G s + g) + S s) with s = (t, c), the last one without tanh", async () => {
  const { t, x, c } = { t: 0.3, x: [1, -2], c: 0.8 };
  const got = await evaluate(
    (store) => {
      const slots = slotsOf(store);
      const fill = (name: string, value: (i: number) => number): void => {
        const slot = slots[name];
        if (slot) slot.values = slot.values.map((_, i) => value(i));
      };
      fill("hidden0/weight", () => 0.3);
      fill("hidden0/bias", (i) => 0.1 * i);
      fill("last/weight", () => -0.4);
      fill("last/bias", (i) => 0.2 + i);
      fill("gate/weight", () => 0.7);
      // Column k of gate and shift: units 0, 1, 2, then outputs 3, 4.
      fill("gate/bias", (k) => 0.1 * k - 0.2);
      fill("shift", (k) => (k < 5 ? 0.25 * k : -0.5 * (k - 5)));
    },
    [{ t, x, c }],
  );
  const gate = (k: number): number => sigmoid(0.7 * (t + c) + 0.1 * k - 0.2);
  const shift = (k: number): number => 0.25 * k * t - 0.5 * k * c;
  const units = [0, 1, 2].map((k) =>
    Math.tanh((0.3 * ((x[0] ?? 0) + (x[1] ?? 0)) + 0.1 * k) * gate(k) + shift(k)),
  );
  const sum = units.reduce((total, unit) => total + unit, 0);
  const expected = [3, 4].map((k) => (-0.4 * sum + 0.2 + (k - 3)) * gate(k) + shift(k));
  // The same few products in another order; matrices are float64.
  assertClose(got, expected, 1e-12);
});

test("starts as the zero function at all times and conditions", async () => {
  const rows = [0, 0.4, 1].map((t) => ({ t, x: [3, -1], c: 2 * t - 1 }));
  const got = await evaluate(() => undefined, rows);
  assert.ok(
    got.every((value) => value === 0),
    got.join(),
  );
});

test("hidden units start about as large as those of an ungated network", async () => {
  const store = createStore();
  const network = concatsquash(
    store,
    { inputs: 128, outputs: 128, contextSize: 0 },
    { hidden: [], activation: "tanh", timeColumns: 1, zeroLast: false },
    createRng(2),
  );
  const rows = 64;
  const values = createRng(3).normals(rows * 128);
  const { out = [] } = await inFloat64(
    {
      t: Array.from({ length: rows }, () => [0]),
      x: Array.from({ length: rows }, (_, i) => [...values.subarray(i * 128, (i + 1) * 128)]),
    },
    ({ t = zero, x = zero }) => ({ out: network(t, x, { mode: "evaluate" }) }),
    store,
  );
  const variance = out.reduce((sum, value) => sum + value * value, 0) / out.length;
  // Weights of variance 1/128 keep the variance 1; its estimate from 128 × 128 weights has a deviation near 2 %.
  assert.ok(Math.abs(variance - 1) < 0.1, `variance ${variance}`);
});

test.run();
