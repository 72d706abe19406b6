import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore } from "../../src/engine/index.ts";
import { loadModel, saveModel } from "../../src/training/model-file.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/training/safetensors.ts";
import { saying } from "../saying.ts";

const arrays = {
  "a/float32": { shape: [2, 2], values: Float64Array.of(1, 0.5, -0, Math.fround(0.1)) },
  "b/float64": { shape: [2], values: Float64Array.of(0.1, Math.PI) },
  "c/int32": { shape: [1, 3], values: Int32Array.of(-1, 2, 2 ** 30) },
  "d/special": { shape: [3], values: Float64Array.of(NaN, Infinity, -Infinity) },
  "e/empty": { shape: [0, 4], values: new Float64Array(0) },
};
const bytes = encodeSafetensors({ arrays, metadata: { note: "ü" } });

/** The header, read as the format's description says, independent of our reader. */
const header = JSON.parse(
  Buffer.from(bytes.subarray(8, 8 + Number(Buffer.from(bytes).readBigUInt64LE(0)))).toString(
    "utf8",
  ),
) as Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;

test("what is written comes back bit for bit, float32 where that loses nothing", () => {
  const read = decodeSafetensors(bytes, "file");
  for (const [name, { shape, values }] of Object.entries(arrays)) {
    assert.equal(read.arrays[name]?.shape, shape);
    const got = read.arrays[name]?.values ?? [];
    assert.ok(
      values.every((value, i) => Object.is(value, got[i])),
      name,
    );
  }
  assert.is(read.metadata["note"], "ü");
  assert.equal(
    Object.keys(arrays).map((name) => header[name]?.dtype),
    ["F32", "F64", "I32", "F32", "F32"],
  );
});

test("the data is aligned, contiguous and little-endian", () => {
  const start = 8 + Number(Buffer.from(bytes).readBigUInt64LE(0));
  assert.is(start % 8, 0);
  assert.is(Buffer.from(bytes).readFloatLE(start + 4), 0.5);
  assert.equal(header["b/float64"]?.data_offsets, [16, 32]);
});

test("a cut or altered file is refused wherever it is cut", () => {
  for (let length = 0; length < bytes.length; length++)
    assert.throws(
      () => decodeSafetensors(bytes.subarray(0, length), "runs/x/model.safetensors"),
      saying("runs/x/model.safetensors: not a readable safetensors file"),
    );
  const noise = bytes.slice();
  noise.set([1, 2, 3], 8);
  assert.throws(() => decodeSafetensors(noise, "f"), saying("its header is not a JSON object"));
});

const twoSlots = (columns: number) => {
  const store = createStore();
  store.variable("w", [1, columns], new Float64Array(columns).fill(0.1));
  store.constant("q", [1], [Math.PI]);
  return store;
};

test("a model goes into a store that was built alike, and into no other", () => {
  const saved = saveModel(twoSlots(2));
  const store = twoSlots(2);
  for (const slot of store.slots()) slot.values.fill(9);
  loadModel(store, saved);
  assert.equal(
    store.slots().flatMap((slot) => [...slot.values]),
    [0.1, 0.1, Math.PI],
  );
  assert.throws(() => {
    loadModel(twoSlots(3), saved, "m");
  }, saying('m: "w" has shape [1, 2], the model needs [1, 3]'));
  assert.throws(() => {
    loadModel(createStore(), saved, "m");
  }, saying('m: the model has no array "w"'));
  assert.throws(() => {
    loadModel(store, saveModel(createStore()), "m");
  }, saying('m: the array "w" is missing'));
});

test.run();
