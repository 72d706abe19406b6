import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../../src/engine/index.ts";
import { createRng } from "../../../src/math/rng.ts";
import { slogdet } from "../../../src/math/slogdet.ts";
import { defect, distance, evaluate, identity, matrixOf, mixingAway, product } from "./away.ts";

/*
 * The two learned orthonormal maps: orthonormal wherever their variables are, and trained along the manifold only.
 */
const DIMS = [2, 3, 8, 43];

for (const kind of ["householder", "cayley"] as const)
  for (const dim of DIMS) {
    const at = `${kind}, D = ${dim}`;

    test(`${at}: orthonormal to round-off at the start and away from it`, async () => {
      for (const deviation of [0, 0.3, 3]) {
        const { store, layer } = mixingAway(kind, dim, deviation);
        const { matrix } = await evaluate(store, () => ({ matrix: matrixOf(layer, dim) }));
        assert.ok(defect(matrix, dim) < 1e-12, `deviation ${deviation}: ${defect(matrix, dim)}`);
        if (deviation > 0) assert.ok(distance(matrix, identity(dim)) > 0.1);
      }
    });

    test(`${at}: orthonormal in float32 up to its round-off`, async () => {
      const { store, layer } = mixingAway(kind, dim, 0.3);
      const f = () => ({ matrix: matrixOf(layer, dim) });
      const { matrix } = await evaluate(store, f, { engine: "cpu" });
      // 43 terms of ε = 6e-8, and the condition number of I + A, about 4 at D = 43.
      assert.ok(defect(matrix, dim) < 1e-5, String(defect(matrix, dim)));
    });

    test(`${at}: gradients are tangent, and those of a tangent cotangent reach every entry`, async () => {
      const { store, layer } = mixingAway(kind, dim, 0.3);
      const [slot] = store.slots("variable");
      if (!slot) throw new Error("nothing to train");
      const numbers = Float32Array.from(createRng(4).normals(dim * dim));
      const { normal, tangent } = await evaluate(store, () => {
        const w = tf.tensor2d(numbers, [dim, dim]);
        const q = matrixOf(layer, dim);
        // dQ = Q K with K skew, so Q S with S symmetric is orthogonal to every motion.
        const pull = (cotangent: Tensor): Tensor =>
          tf.grad((variable: Tensor) => {
            slot.assign(variable);
            return matrixOf(layer, dim);
          })(slot.read(), cotangent);
        return {
          normal: pull(tf.matMul(q, tf.add(w, tf.transpose(w)))),
          tangent: pull(tf.matMul(q, tf.sub(w, tf.transpose(w)))),
        };
      });
      // Weights of up to 3, sums of D terms, and for Householder 1/‖v‖.
      assert.ok(
        normal.every((g) => Math.abs(g) < 1e-11),
        "the gradient leaves the manifold",
      );
      tangent.forEach((g, k) => {
        const diagonal = kind === "cayley" && k % (dim + 1) === 0;
        if (dim > 2 || kind === "cayley")
          assert.is(Math.abs(g) > 1e-12, !diagonal, `entry ${k}: ${g}`);
      });
      assert.ok(tangent.some((g) => Math.abs(g) > 1e-3));
    });

    test(`${at}: the gradient is that of finite differences`, async () => {
      const { store, layer } = mixingAway(kind, dim, 0.3);
      const [slot] = store.slots("variable");
      if (!slot) throw new Error("nothing to train");
      const numbers = Float32Array.from(createRng(5).normals(dim * dim));
      const loss = (): Tensor =>
        tf.sum(tf.mul(matrixOf(layer, dim), tf.tensor2d(numbers, [dim, dim])));
      const { gradient } = await evaluate(store, () => ({
        gradient: tf.grad((variable: Tensor) => {
          slot.assign(variable);
          return loss();
        })(slot.read()),
      }));
      const start = slot.values;
      const direction = createRng(6).normals(dim * dim);
      const along = gradient.reduce((sum, g, k) => sum + g * (direction[k] ?? 0), 0);
      const h = 1e-5;
      const lossAt = async (step: number): Promise<number> => {
        slot.values = start.map((v, k) => v + step * (direction[k] ?? 0));
        return (await evaluate(store, () => ({ loss: loss() }))).loss[0] ?? NaN;
      };
      const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      // h² times a third derivative of a few units, on slopes of up to about D.
      assert.ok(Math.abs(slope - along) < 1e-6 * dim, `${slope} ${along}`);
    });
  }

test("householder is the product of its reflections one after the other", async () => {
  const dim = 5;
  const { store, layer } = mixingAway("householder", dim, 1);
  const { matrix } = await evaluate(store, () => ({ matrix: matrixOf(layer, dim) }));
  const vectors = store.slots("variable")[0]?.values ?? new Float64Array(0);
  let chain = identity(dim);
  for (let k = 0; k < dim; k++) {
    const v = [0, 1, 2, 3, 4].map((i) => vectors[i * dim + k] ?? 0);
    const square = v.reduce((sum, value) => sum + value * value, 0);
    const reflection = identity(dim).map(
      (one, e) => one - (2 * (v[Math.floor(e / dim)] ?? 0) * (v[e % dim] ?? 0)) / square,
    );
    chain = product(chain, reflection, dim);
  }
  assert.ok(distance(matrix, chain) < 1e-13);
});

test("a vector of zeros reflects nothing and gives no NaN", async () => {
  const { store, layer } = mixingAway("householder", 3, 0);
  const [slot] = store.slots("variable");
  if (!slot) throw new Error("nothing to train");
  slot.values = slot.values.map((v, k) => (k % 3 === 1 ? 0 : v));
  const { matrix, gradient } = await evaluate(store, () => ({
    matrix: matrixOf(layer, 3),
    gradient: tf.grad((variable: Tensor) => {
      slot.assign(variable);
      return matrixOf(layer, 3);
    })(slot.read()),
  }));
  assert.ok(defect(matrix, 3) < 1e-13);
  assert.is(slogdet(matrix, 3).sign, 1);
  assert.ok(gradient.every(Number.isFinite));
});

test("(I − A)(I + A)⁻¹ solves the equation that defines it, for large A too", async () => {
  for (const [dim, deviation] of [
    [3, 1],
    [8, 30],
    [43, 100],
  ] as const) {
    const { store, layer } = mixingAway("cayley", dim, deviation);
    const { matrix } = await evaluate(store, () => ({ matrix: matrixOf(layer, dim) }));
    const start = store.slots("constant")[0]?.values ?? new Float64Array(0);
    const b = store.slots("variable")[0]?.values ?? new Float64Array(0);
    const a = b.map((v, k) => v - (b[(k % dim) * dim + Math.floor(k / dim)] ?? 0));
    const q = product(start, matrix, dim, true);
    // Q (I + A) = I − A; the error of Q is multiplied by A's entries and their number.
    const one = identity(dim);
    const left = product(
      q,
      a.map((v, k) => v + (one[k] ?? 0)),
      dim,
    );
    const right = a.map((v, k) => (one[k] ?? 0) - v);
    assert.ok(
      distance(left, right) < 1e-13 * dim * deviation * deviation,
      `D = ${dim}: ${distance(left, right)}`,
    );
    // ε times the squared condition number of I + A.
    assert.ok(defect(matrix, dim) < 1e-8, String(defect(matrix, dim)));
  }
});

test("a householder map has determinant (−1)^D, a cayley map that of its start", async () => {
  for (const dim of DIMS)
    for (const seed of [1, 2, 3]) {
      const reflected = mixingAway("householder", dim, 0.3, seed);
      const sign = async ({ store, layer }: typeof reflected): Promise<number> =>
        slogdet((await evaluate(store, () => ({ q: matrixOf(layer, dim) }))).q, dim).sign;
      assert.is(await sign(reflected), dim % 2 === 0 ? 1 : -1);
      assert.is(
        await sign(mixingAway("cayley", dim, 0.3, seed)),
        await sign(mixingAway("cayley", dim, 0, seed)),
      );
    }
});

test.run();
