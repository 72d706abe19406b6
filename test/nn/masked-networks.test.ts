import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, jacobian, tf, type Store, type Tensor } from "../../src/engine/index.ts";
import { batched } from "../../src/evaluation/batched.ts";
import { createRng } from "../../src/math/rng.ts";
import { maskedMlp } from "../../src/nn/masked-mlp.ts";
import {
  hiddenDegrees,
  type MaskedNetwork,
  type MaskedShape,
} from "../../src/nn/masked-network.ts";
import { maskedResidual } from "../../src/nn/masked-residual.ts";

type Builder = (store: Store, shape: MaskedShape, hidden: readonly number[]) => MaskedNetwork;
const rng = createRng("masked networks");
// tanh: unlike relu it lets no unit sleep, so a dependence that is there shows.
const activation = "tanh";
const builders: Record<string, Builder> = {
  mlp: (store, shape, hidden) =>
    maskedMlp(store, shape, { hidden, activation, zeroLast: false }, rng),
  residual: (store, shape, hidden) =>
    maskedResidual(
      store,
      shape,
      { width: hidden[0] ?? 1, blocks: hidden.length, activation, zeroLast: false },
      rng,
    ),
};

/** Jacobians [outputs, D] and [outputs, C] at one random point, away from the start. */
async function jacobiansOf(builder: Builder, shape: MaskedShape, hidden: readonly number[]) {
  const store = createStore();
  const network = builder(store, shape, hidden);
  for (const slot of store.slots("variable"))
    slot.values = rng.fork(slot.name).normals(slot.values.length);
  const contextSize = Math.max(1, shape.contextSize);
  const one = (size: number, name: string) => ({
    count: 1,
    shape: [size],
    values: rng.fork(name).normals(size),
  });
  const program = await batched(
    {
      label: "masked network",
      store,
      inputs: { x: [shape.entries], context: [contextSize] },
      body: ({ x, context }) => {
        const by = (point: Tensor, condition: Tensor): Tensor => {
          const call = {
            mode: "evaluate" as const,
            ...(shape.contextSize > 0 ? { context: condition } : {}),
          };
          return network.apply(point, network.read(call, point.shape[0]));
        };
        if (!x || !context) throw new Error("no rows");
        const tiled = (t: Tensor, like: Tensor): Tensor => tf.tile(t, [like.shape[0], 1]);
        return {
          x: jacobian((point) => by(point, tiled(context, point)), x),
          context: shape.contextSize > 0 ? jacobian((c) => by(tiled(x, c), c), context) : context,
        };
      },
    },
    1,
    { engine: "cpu", precision: "float64" },
  );
  const { x = [], context = [] } = await program.run({
    x: one(shape.entries, "x"),
    context: one(contextSize, "c"),
  });
  await program.dispose();
  return { x: Array.from(x), context: Array.from(context) };
}

/** Entry that a column of the outputs belongs to, for blocks [1, 3]. */
const blocks = [1, 3];
const entryOf = (column: number, entries: number): number =>
  column < entries ? column : Math.floor((column - entries) / 3);

for (const [name, builder] of Object.entries(builders)) {
  for (const hidden of [
    [64, 64],
    [3, 3],
    [1, 1],
  ])
    test(`${name} ${hidden.join("-")}: a parameter of entry j depends on entries before j only, exactly`, async () => {
      for (const entries of [2, 3, 5])
        for (const contextSize of [0, 2]) {
          const { x } = await jacobiansOf(builder, { entries, blocks, contextSize }, hidden);
          for (let column = 0; column < 4 * entries; column++)
            for (let i = 0; i < entries; i++) {
              const value = x[column * entries + i] ?? NaN;
              const before = i < entryOf(column, entries);
              if (!before) assert.is(Math.abs(value), 0);
              // A wide network uses all that it may see.
              else if (hidden[0] === 64) assert.ok(Math.abs(value) > 1e-6, `${column}, ${i}`);
            }
          // The narrowest network still passes something on.
          if (contextSize === 0) assert.ok(x.some((value) => value !== 0));
        }
    });

  test(`${name}: every parameter sees every column of the context, the first entry's too`, async () => {
    for (const entries of [2, 5])
      for (const width of [64, 2]) {
        const shape = { entries, blocks, contextSize: 2 };
        const { context } = await jacobiansOf(builder, shape, [width, width]);
        assert.is(context.length, 4 * entries * 2);
        assert.ok(context.every((value) => Math.abs(value) > 1e-9));
      }
  });
}

test("mlp: hidden layers of any widths keep the order of the entries, none at all does as well", async () => {
  for (const hidden of [[], [2, 9, 1, 4]]) {
    const shape = { entries: 4, blocks: [1], contextSize: 0 };
    const { x } = await jacobiansOf(builders["mlp"] as Builder, shape, hidden);
    for (let column = 0; column < 4; column++)
      for (let i = column; i < 4; i++) assert.is(Math.abs(x[column * 4 + i] ?? NaN), 0);
    assert.ok(x.some((value) => value !== 0));
  }
});

test("degrees run through 1 … D − 1 evenly, from 0 with a context; few units keep both ends", () => {
  const shape = { entries: 4, blocks: [1], contextSize: 0 };
  assert.equal(hiddenDegrees(7, shape), [1, 2, 3, 1, 2, 3, 1]);
  assert.equal(hiddenDegrees(5, { ...shape, contextSize: 1 }), [0, 1, 2, 3, 0]);
  assert.equal(hiddenDegrees(3, { ...shape, entries: 10 }), [1, 5, 9]);
  assert.equal(hiddenDegrees(1, { ...shape, entries: 10 }), [9]);
});

test("a missing context and one of another shape are named", () => {
  const store = createStore();
  const network = maskedMlp(
    store,
    { entries: 2, blocks: [1], contextSize: 3 },
    { hidden: [4], activation },
    rng,
  );
  const tensors = Object.fromEntries(store.slots().map((s) => [s.name, tf.zeros([...s.shape])]));
  assert.throws(
    () => store.bind(tensors, () => network.read({ mode: "train" }, 5)),
    /expected a context of shape \[5, 3\], got none/,
  );
});

test.run();
