import { test } from "uvu";
import * as assert from "uvu/assert";

import { bijectionContract } from "../../src/contract/index.ts";
import { normalRows } from "../../src/contract/subject.ts";
import { createStore, tf, type Slot, type Store } from "../../src/engine/index.ts";
import { linearLayer } from "../../src/flows/linear-map.ts";
import { luMap } from "../../src/flows/lu-map.ts";
import { haarRotation } from "../../src/math/haar-rotation.ts";
import { createRng } from "../../src/math/rng.ts";
import { slogdet } from "../../src/math/slogdet.ts";
import { applyTo, largest, rowsOf } from "./helpers.ts";

const DIMS = [1, 2, 3, 8, 43];

function build(dim: number, away: boolean): { store: Store; map: ReturnType<typeof luMap> } {
  const store = createStore();
  const map = luMap(dim, store, createRng(dim));
  // Off-diagonals of about 0.1: large enough to leave the rotation, small enough that D = 43 stays well-conditioned.
  if (away) moveVariables(store, 0.1);
  return { store, map };
}

function moveVariables(store: Store, deviation: number): void {
  store.slots("variable").forEach((slot: Slot) => {
    const noise = createRng("away").normals(slot.values.length);
    slot.values = slot.values.map((v, i) => v + deviation * (noise[i] ?? 0));
  });
}

/** The map's matrices on the host. */
const parts = (dim: number, away: boolean) => {
  const { store, map } = build(dim, away);
  return applyTo(store, rowsOf(new Array<number>(dim).fill(0), dim), () => ({
    matrix: tf.reshape(map.matrix(), [1, -1]),
    inverse: tf.reshape(map.inverse(), [1, -1]),
    product: tf.reshape(tf.matMul(map.matrix(), map.inverse()), [1, -1]),
    gram: tf.reshape(tf.matMul(map.matrix(), map.matrix(), true, false), [1, -1]),
    logDet: tf.reshape(map.logDet(), [1]),
  }));
};
const minusIdentity = (values: Float64Array, dim: number): Float64Array =>
  values.map((v, k) => v - (k % (dim + 1) === 0 ? 1 : 0));

for (const dim of DIMS) {
  test(`D = ${dim}: it starts as an orthonormal matrix`, async () => {
    const { gram, logDet } = await parts(dim, false);
    // Products of factors with entries of a few units, sums of at most 43 terms.
    assert.ok(largest(minusIdentity(gram, dim)) < 1e-12);
    assert.ok(Math.abs(logDet[0] ?? NaN) < 1e-12);
  });

  test(`D = ${dim}: away from the start, inverse and log-determinant are the matrix's`, async () => {
    const { product, matrix, logDet } = await parts(dim, true);
    // ε · D times the condition number, which is a few thousand at D = 43.
    assert.ok(
      largest(minusIdentity(product, dim)) < 1e-11,
      `${largest(minusIdentity(product, dim))}`,
    );
    assert.ok(Math.abs((logDet[0] ?? NaN) - slogdet(matrix, dim).logAbs) < 1e-11);
  });
}

for (const dim of [2, 3, 8]) {
  const store = createStore();
  const layer = linearLayer("lu", luMap(dim, store, createRng(1)), dim);
  moveVariables(store, 0.3);
  const rows = normalRows(16, dim, createRng(2));
  for (const { name, run } of bijectionContract({
    name: `lu, D = ${dim}`,
    bijection: layer,
    store,
    rows,
  }))
    test(name, run);
}

test("it starts as the rotation that was drawn", async () => {
  const { matrix } = await parts(8, false);
  const rotation = haarRotation(8, createRng(8));
  assert.ok(largest(matrix.map((v, k) => v - (rotation[k] ?? NaN))) < 1e-14);
});

test("the gradient reaches every entry of the variable, through the inverse too", async () => {
  const { store, map } = build(4, true);
  const rows = normalRows(3, 4, createRng(3));
  const [slot] = store.slots("variable");
  if (!slot) throw new Error("no variable");
  for (const part of ["matrix", "inverse"] as const) {
    const { gradient } = await applyTo(store, rows, (x) => {
      const f = (factors: ReturnType<Slot["read"]>) => {
        slot.assign(factors);
        return tf.sum(tf.square(tf.matMul(x, map[part]())));
      };
      return { gradient: tf.reshape(tf.grad(f)(slot.read()), [1, -1]) };
    });
    assert.ok(
      gradient.every((g) => g !== 0 && Number.isFinite(g)),
      part,
    );
  }
});

test("the same seed gives the same map, another seed another", () => {
  const values = (seed: number): number[] => {
    const store = createStore();
    luMap(5, store, createRng(seed));
    return store.slots().flatMap((slot) => [...slot.values]);
  };
  assert.equal(values(1), values(1));
  assert.not.equal(values(1), values(2));
});

test.run();
