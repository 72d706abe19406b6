import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf } from "../../src/engine/index.ts";
import { pack, packing, unpack, unpackTensors } from "../../src/training/pack.ts";

const store = createStore();
store.variable("weight", [2, 3], [1, 2, 3, 4, 5, 6]);
store.variable("bias", [1, 3], [7, 8, 9]);
store.variable("vector", [3], [10, 11, 12]);
store.variable("scalar", [], [13]);
store.variable("cube", [2, 1, 3], [14, 15, 16, 17, 18, 19]);
const slots = store.slots("variable");

test("variables with the same number of columns share one matrix", () => {
  const { matrices } = packing(slots);
  assert.equal(
    matrices.map(({ shape }) => shape),
    [
      [6, 3],
      [1, 1],
    ],
  );
});

test("unpacking gives back what was packed, as values and as tensors of the slots' shapes", () => {
  const layout = packing(slots);
  const packed = pack(layout);
  const values = unpack(layout, packed);
  const matrices = layout.matrices.map(({ name, shape }) =>
    tf.tensor2d(Float32Array.from(packed[name] ?? []), [...shape]),
  );
  const tensors = unpackTensors(layout, matrices);
  for (const slot of slots) {
    assert.equal([...(values[`slot/${slot.name}`] ?? [])], [...slot.values]);
    const tensor = tensors[`slot/${slot.name}`];
    assert.equal(tensor?.shape, [...slot.shape]);
    assert.equal([...(tensor?.dataSync() ?? [])], [...slot.values]);
  }
});

test("a matrix grows to 65,536 entries at most, and a larger variable stands alone", () => {
  const large = createStore();
  const zeros = (n: number): Float64Array => new Float64Array(n);
  large.variable("small", [2, 256], zeros(512));
  large.variable("huge", [300, 256], zeros(300 * 256));
  large.variable("next", [1, 256], zeros(256));
  large.variable("fills", [250, 256], zeros(250 * 256));
  large.variable("last", [253, 256], zeros(253 * 256));
  const named = packing(large.slots("variable")).matrices.map(({ pieces }) =>
    pieces.map(({ slot }) => slot.name),
  );
  assert.equal(named, [["small", "next", "fills"], ["huge"], ["last"]]);
});

test.run();
