import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensors } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { ACTIVATIONS, activations } from "../../src/nn/activation.ts";
import { initialisers } from "../../src/nn/initialiser.ts";
import { mlp } from "../../src/nn/mlp.ts";
import type { Network } from "../../src/nn/network.ts";
import { residual } from "../../src/nn/residual.ts";
import { saying } from "../saying.ts";

const shape = { inputs: 2, outputs: 3, contextSize: 1 };

/** Builds a network, gives every variable the value `fill` if it is given, and runs it on one row. */
function evaluate(
  build: (store: ReturnType<typeof createStore>) => Network,
  context: number | undefined,
  fill?: number,
): number[] {
  const store = createStore();
  const network = build(store);
  const tensors: Tensors = Object.fromEntries(
    store.slots().map((s) => [
      s.name,
      tf.tensor(
        Array.from(s.values, (value) => fill ?? value),
        [...s.shape],
      ),
    ]),
  );
  const call = { mode: "evaluate" as const };
  const { result } = store.bind(tensors, () =>
    network(
      tf.tensor2d([[1, -2]]),
      context === undefined ? call : { ...call, context: tf.tensor2d([[context]]) },
    ),
  );
  return [...result.dataSync()];
}

const hidden = { hidden: [4, 4], activation: "relu" } as const;
const builders = {
  mlp: (zeroLast: boolean) => (store: ReturnType<typeof createStore>) =>
    mlp(store, shape, { ...hidden, zeroLast }, createRng(1)),
  residual: (zeroLast: boolean) => (store: ReturnType<typeof createStore>) =>
    residual(store, shape, { width: 4, blocks: 2, activation: "relu", zeroLast }, createRng(1)),
};

for (const [name, builder] of Object.entries(builders)) {
  test(`${name}: starts as the zero function, unless told otherwise`, () => {
    assert.equal(evaluate(builder(true), 5), [0, 0, 0]);
    assert.ok(evaluate(builder(false), 5).some((value) => value !== 0));
  });

  test(`${name}: depends on the context, and asks for it by name when it is missing`, () => {
    assert.not.equal(evaluate(builder(false), 1), evaluate(builder(false), 2));
    assert.throws(
      () => evaluate(builder(false), undefined),
      saying("expected a context of shape [1, 1], got none"),
    );
  });
}

test("mlp: with all weights ½ it is the sum that one gets by hand", () => {
  // Input 1 − 2 + 3 = 2: hidden ½·2 + ½ = 1.5, then 4·½·1.5 + ½ = 3.5, then 4·½·3.5 + ½ = 7.5.
  assert.equal(evaluate(builders.mlp(true), 3, 0.5), [7.5, 7.5, 7.5]);
});

test("residual: with all weights ½ every block adds to the stream", () => {
  // Stream 1.5; a block adds 4·½·(4·½·h + ½) + ½ = 4h + 1.5, so h ← 5h + 1.5: 9, then 46.5; out 4·½·46.5 + ½.
  assert.equal(evaluate(builders.residual(true), 3, 0.5), [93.5, 93.5, 93.5]);
});

test("start values have the variance of their rule and stay inside their bound", () => {
  const [fanIn, fanOut] = [100, 300];
  const variances = { glorot: 2 / 400, he: 2 / 100, lecun: 1 / 100 };
  for (const [name, variance] of Object.entries(variances)) {
    const values = initialisers[name as keyof typeof variances](fanIn, fanOut, createRng(name));
    const measured = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    // The variance of 30,000 uniform draws is off by 0.5 % (one s.e.).
    assert.ok(Math.abs(measured / variance - 1) < 0.03, name);
    assert.ok(values.every((v) => Math.abs(v) <= Math.sqrt(3 * variance)));
  }
});

test("activations are the functions that they are named after", () => {
  const points = [-2, -0.5, 0, 1.5];
  const truths: Record<string, (x: number) => number> = {
    relu: (x) => Math.max(0, x),
    tanh: Math.tanh,
    silu: (x) => x / (1 + Math.exp(-x)),
    elu: (x) => (x > 0 ? x : Math.expm1(x)),
    softplus: (x) => Math.log1p(Math.exp(x)),
  };
  for (const name of ACTIVATIONS) {
    const values = activations[name](tf.tensor1d(points)).dataSync();
    points.forEach((x, i) => {
      // float32
      assert.ok(Math.abs((values[i] ?? NaN) - (truths[name]?.(x) ?? NaN)) < 1e-6, `${name}(${x})`);
    });
  }
});

test.run();
