import { test } from "uvu";
import * as assert from "uvu/assert";

import { bijectionContract } from "../../src/contract/index.ts";
import { normalRows } from "../../src/contract/subject.ts";
import { createStore, tf } from "../../src/engine/index.ts";
import { mixing, MIXINGS, type Mixing } from "../../src/flows/mixing.ts";
import { mixingPermutation } from "../../src/flows/mixings/permutation.ts";
import { createRng } from "../../src/math/rng.ts";
import { encode, largest, rowsOf } from "./helpers.ts";
import { defect, distance, evaluate, matrixOf, mixingAway } from "./mixings/away.ts";

const FIXED: readonly Mixing[] = ["rotation", "permutation", "reverse"];
const LAYERS = MIXINGS.filter((kind) => kind !== "none");

for (const kind of LAYERS)
  for (const dim of [2, 3, 8, 43]) {
    const { store, layer } = mixingAway(kind, dim, 0.1);
    const rows = normalRows(5, dim, createRng(dim));
    const name = `${kind}, D = ${dim}`;
    for (const { name: property, run } of bijectionContract({
      name,
      bijection: layer,
      store,
      rows,
    }))
      test(property, run);
  }

test("the eager engine computes the same matrices, and no tensor of theirs stays behind", async () => {
  for (const kind of LAYERS) {
    const { store, layer } = mixingAway(kind, 5, 0.1);
    const f = () => ({ matrix: matrixOf(layer, 5) });
    const { matrix } = await evaluate(store, f);
    const before = tf.memory().numTensors;
    const eager = await evaluate(store, f, { engine: "tfjs-cpu" });
    assert.is(tf.memory().numTensors, before, kind);
    // float32 on numbers up to 1.
    assert.ok(distance(eager.matrix, matrix) < 1e-5, kind);
  }
});

test("fixed maps are constants of the store, learned ones have a variable", () => {
  for (const kind of LAYERS) {
    const { store } = mixingAway(kind, 4, 0);
    assert.is(store.slots("variable").length, FIXED.includes(kind) ? 0 : 1, kind);
    assert.is(store.slots("state").length, 0);
  }
});

test("all maps but lu keep every row's norm and say that they preserve volume", async () => {
  const values = [1, -2, 3, 0.5, 4];
  for (const kind of LAYERS) {
    const { store, layer } = mixingAway(kind, 5, 0.1);
    const { z, logDet } = await encode(layer, rowsOf(values, 5), store);
    const kept = Math.abs(Math.hypot(...z) - Math.hypot(...values)) < 1e-13;
    assert.is(kept, kind !== "lu", kind);
    assert.is(layer.preservesVolume ?? false, kind !== "lu");
    assert.is(largest(logDet) > 0, kind === "lu");
  }
});

test("every map starts orthonormal", async () => {
  for (const kind of LAYERS) {
    const { store, layer } = mixingAway(kind, 8, 0);
    const { matrix } = await evaluate(store, () => ({ matrix: matrixOf(layer, 8) }));
    // 64 sums of 8 products of numbers up to 1, after two matrix products.
    assert.ok(defect(matrix, 8) < 1e-13, kind);
  }
});

test("reverse turns a row around", async () => {
  const { store, layer } = mixingAway("reverse", 3, 0);
  const { z } = await encode(layer, rowsOf([1, 2, 3], 3), store);
  assert.equal([...z], [3, 2, 1]);
});

test("a permutation moves every coordinate to one place", async () => {
  const { store, layer } = mixingAway("permutation", 6, 0);
  const { z } = await encode(layer, rowsOf([1, 2, 3, 4, 5, 6], 6), store);
  assert.equal([...z].sort(), [1, 2, 3, 4, 5, 6]);
  assert.not.equal([...z], [1, 2, 3, 4, 5, 6]);
});

test("a permutation brings an active coordinate into the skipped part, at D = 2 always the other one", () => {
  for (let seed = 0; seed < 20; seed++) {
    assert.equal([...mixingPermutation(2, createRng(seed))], [0, 1, 1, 0]);
    const matrix = mixingPermutation(5, createRng(seed));
    const arrives = [2, 3, 4].some((source) =>
      [0, 1].some((target) => matrix[source * 5 + target] === 1),
    );
    assert.ok(arrives, `seed ${seed} mixes nothing`);
  }
});

test("the seed decides the start, and nothing else does", () => {
  const start = (kind: Mixing, seed: number): number[] =>
    mixingAway(kind, 6, 0, seed)
      .store.slots()
      .flatMap((slot) => [...slot.values]);
  for (const kind of LAYERS) {
    assert.equal(start(kind, 1), start(kind, 1), kind);
    assert.is(start(kind, 1).join() === start(kind, 2).join(), kind === "reverse", kind);
  }
});

test("none is no layer", () => {
  assert.is(mixing("none", 4, createStore(), createRng(1)), undefined);
});

test.run();
