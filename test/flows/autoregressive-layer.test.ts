import { test } from "uvu";
import * as assert from "uvu/assert";

import { compile, tf, type EngineOptions, type Tensor } from "../../src/engine/index.ts";
import { bindSlots, constantSlots, slotSpecs, slotValues } from "../../src/evaluation/slots.ts";
import { affine } from "../../src/flows/affine.ts";
import { autoregressiveLayer, type Direction } from "../../src/flows/autoregressive-layer.ts";
import type { Transformer } from "../../src/flows/transformer.ts";
import type { MaskedNetwork } from "../../src/nn/masked-network.ts";
import { FLOAT64, parts, rng } from "./autoregressive-parts.ts";

/** How often a layer with this transformer inverts it in one decode, and the entries that the last time knew of. */
function countInversions(dim: number, base: Transformer): number {
  let count = 0;
  const counting: Transformer = {
    ...base,
    inverse(y, raw) {
      count++;
      return base.inverse(y, raw);
    },
  };
  const { store, conditioner } = parts(dim, counting, { contextSize: 0 });
  const layer = autoregressiveLayer(dim, conditioner, counting, "forward");
  const tensors = Object.fromEntries(
    store.slots().map((s) => [s.name, tf.tensor(Array.from(s.values), [...s.shape])]),
  );
  store.bind(tensors, () => layer.decode(tf.zeros([2, dim]), { mode: "evaluate" }));
  return count;
}

test("decode takes one pass per entry", () => {
  for (const dim of [1, 2, 5]) assert.is(countInversions(dim, affine()), dim);
});

/** decode(encode(x)) − x of a layer of D entries. */
async function roundTripError(
  dim: number,
  direction: Direction,
  engine: EngineOptions,
): Promise<number> {
  const subject = parts(dim, affine(), { contextSize: 0, width: 64 });
  // Weights of the usual size for this width; 0.7 as above would let the condition number explode over 43 entries.
  for (const slot of subject.store.slots("variable"))
    slot.values = slot.values.map((value) => 0.3 * value);
  const layer = autoregressiveLayer(dim, subject.conditioner, affine(), direction);
  const variables = subject.store.slots("variable");
  const program = await compile(
    {
      label: "round trip",
      inputs: { x: { shape: [16, dim] } },
      state: slotSpecs(variables),
      constants: constantSlots(subject.store),
      body: (tensors) => {
        const { result } = bindSlots(subject.store, tensors, () => {
          const call = { mode: "evaluate" } as const;
          const there = layer.encode(tensors["x"] as Tensor, call);
          const back = layer.decode(there.z, call);
          return { x: back.x, sum: tf.add(there.logDet, back.logDet) };
        });
        return { outputs: result };
      },
    },
    engine,
  );
  program.set(slotValues(variables));
  const rows = rng.fork("large").normals(16 * dim);
  const { x = [], sum = [] } = await program.run({ x: rows });
  await program.dispose();
  const errors = [...Array.from(x, (value, i) => value - (rows[i] ?? NaN)), ...Array.from(sum)];
  return errors.reduce((most, error) => (Math.abs(error) <= most ? most : Math.abs(error)), 0);
}

test("43 entries come back, in float64 and in float32", async () => {
  for (const direction of ["forward", "inverse"] as const) {
    const double = await roundTripError(43, direction, FLOAT64);
    const single = await roundTripError(43, direction, { engine: "cpu" });
    assert.ok(double < 1e-10, `${direction}: ${double}`);
    // The same condition number in a precision 5e8 times coarser.
    assert.ok(single < 1e-2, `${direction}: ${single}`);
  }
});

test("an entry whose turn has not come cannot spoil the others, even where its value is infinite", () => {
  // y_1 = x_1 and y_2 = x_2 · exp(2000 (x_1 − 1)): at x_1 = 0 the inverse overflows, at the solution x_1 = 1 it is 1.
  const steep: Transformer = {
    blocks: [1],
    forward: (x, raw) => ({ y: tf.mul(x, tf.exp(raw)), logSlope: raw }),
    inverse: (y, raw) => ({ x: tf.div(y, tf.exp(raw)), logSlope: tf.neg(raw) }),
  };
  const weight = tf.tensor2d([
    [0, 2000],
    [0, 0],
  ]);
  const conditioner: MaskedNetwork = {
    read: () => [weight],
    apply: (x, [w]) => tf.add(tf.matMul(x, w as Tensor), tf.tensor2d([[0, -2000]])),
  };
  const layer = autoregressiveLayer(2, conditioner, steep, "forward");
  const { x } = layer.decode(tf.tensor2d([[1, 3]]), { mode: "evaluate" });
  assert.equal([...x.dataSync()], [1, 3]);
});

test("rows of another width are refused with both shapes", () => {
  const { conditioner } = parts(3, affine());
  const layer = autoregressiveLayer(3, conditioner, affine(), "forward");
  const rows = tf.zeros([5, 2]);
  const call = { mode: "evaluate" } as const;
  assert.throws(
    () => layer.encode(rows, call),
    /autoregressive\.encode: expected rows of shape \[N, 3\], got \[5, 2\]/,
  );
  assert.throws(
    () => layer.decode(rows, call),
    /autoregressive\.decode: expected rows of shape \[N, 3\], got \[5, 2\]/,
  );
});

test.run();
