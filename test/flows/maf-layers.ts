import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";

import { tf, type Slot, type Store, type Tensor } from "../../src/engine/index.ts";
import { autoregressiveLayer } from "../../src/flows/autoregressive-layer.ts";
import type { Layer } from "../../src/flows/layer.ts";
import type { Transformer } from "../../src/flows/transformer.ts";
import { real } from "../../src/distributions/real.ts";
import { createRng } from "../../src/math/rng.ts";
import { maskedMlp } from "../../src/nn/masked-mlp.ts";
import { hiddenDegrees } from "../../src/nn/masked-network.ts";
import { maskedResidual } from "../../src/nn/masked-residual.ts";

/*
 * Flows of nflows and zuko with their weights copied (bench/peers/fixtures/maf.py). Where the conventions differ:
 *
 * - weights are [outputs, inputs] there and lie with their longer side as columns here;
 * - the parameters of an entry stand side by side there (entry by entry), block by block here;
 * - nflows: parameters (scale, shift), scale = softplus(raw) + 0.001; we take s with exp(s) = scale, tanh-clamped. Hidden
 *   degrees without a context are the same. With one, nflows hides it from the first entry: not compared.
 *   Before the last layer of its residual network it has no activation, where ours has one: the script puts it in.
 * - zuko: parameters (shift, scale), log-scale = raw / (1 + |raw / ln 0.001|); every second layer counts the entries
 *   backwards, where we reverse them before the layer; the units' degrees come in another order; x stands before the
 *   context in the input, whose weights we keep apart.
 */
export type Matrix = readonly (readonly number[])[];
export interface Linear {
  readonly weight: Matrix;
  readonly bias: readonly number[];
  readonly mask: Matrix;
}
export interface Rows {
  readonly dim: number;
  readonly hidden: number;
  readonly x: Matrix;
  readonly context?: Matrix;
  readonly encoded: Matrix;
  readonly logProb: readonly number[];
  readonly z: Matrix;
  readonly decoded: Matrix;
}
export interface NflowsLayer {
  readonly first: Linear;
  readonly blocks: readonly (readonly Linear[])[];
  readonly last: Linear;
}
export interface Fixture {
  readonly nflows: Rows & { readonly layers: readonly NflowsLayer[] };
  readonly nflowsResidual: Rows & { readonly layers: readonly NflowsLayer[] };
  readonly zuko: Rows & { readonly layers: readonly (readonly Linear[])[] };
}
export const fixture = JSON.parse(
  readFileSync(new URL("../fixtures/maf.json", import.meta.url), "utf8"),
) as Fixture;

const nflowsAffine: Transformer = scaledShift((raw) => {
  const [unconstrained, shift] = tf.split(raw, 2, 1) as [Tensor, Tensor];
  return { s: tf.log(tf.add(tf.softplus(unconstrained), real(1e-3))), shift };
});
const zukoAffine: Transformer = scaledShift((raw) => {
  const [shift, scale] = tf.split(raw, 2, 1) as [Tensor, Tensor];
  return { s: tf.div(scale, tf.add(1, tf.abs(tf.div(scale, real(Math.log(1e-3)))))), shift };
});

/** y = x exp(s) + shift. */
function scaledShift(parameters: (raw: Tensor) => { s: Tensor; shift: Tensor }): Transformer {
  return {
    blocks: [1, 1],
    forward(x, raw) {
      const { s, shift } = parameters(raw);
      return { y: tf.add(tf.mul(x, tf.exp(s)), shift), logSlope: s };
    },
    inverse(y, raw) {
      const { s, shift } = parameters(raw);
      return { x: tf.div(tf.sub(y, shift), tf.exp(s)), logSlope: tf.neg(s) };
    },
  };
}

export const pick = <T>(list: readonly T[], order: readonly number[]): T[] =>
  order.map((i) => {
    const item = list[i];
    if (item === undefined) throw new Error(`no entry ${i}`);
    return item;
  });
export const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A layer of theirs with outputs and inputs in our order. */
const reordered = (
  layer: Linear,
  outputs: readonly number[],
  inputs: readonly number[],
): Linear => ({
  weight: pick(layer.weight, outputs).map((row) => pick(row, inputs)),
  bias: pick(layer.bias, outputs),
  mask: pick(layer.mask, outputs).map((row) => pick(row, inputs)),
});

/** From entry by entry (two parameters each) to block by block. */
const blockwise = (dim: number): number[] =>
  [0, 1].flatMap((block) => count(dim).map((entry) => 2 * entry + block));

/** Copies a layer into our slots of this scope; the columns beyond x's are the context's. Our mask must be theirs. */
function copy(store: Store, scope: string, { weight, bias, mask }: Linear): void {
  const slot = (name: string): Slot => {
    const found = store.slots().find((s) => s.name === `${scope}/${name}`);
    if (!found) throw new Error(`no slot ${scope}/${name}`);
    return found;
  };
  const ours = slot("weight");
  const outputs = weight.length;
  const inputs = ours.values.length / outputs;
  // [inputs, outputs], or transposed where there are as many inputs or more.
  const laidOut = (matrix: Matrix, columns: readonly number[]): number[] =>
    inputs >= outputs
      ? matrix.flatMap((row) => pick(row, columns))
      : columns.flatMap((column) => matrix.map((row) => row[column] ?? NaN));
  const seen = count(inputs);
  ours.values = Float64Array.from(laidOut(weight, seen));
  assert.equal([...slot("mask").values], laidOut(mask, seen), `${scope}: another mask`);
  slot("bias").values = Float64Array.from(bias);
  const context = count((weight[0]?.length ?? 0) - inputs).map((i) => inputs + i);
  if (context.length > 0)
    slot("context-weight").values = Float64Array.from(
      context.flatMap((column) => weight.map((row) => row[column] ?? NaN)),
    );
}

const MLP = { activation: "tanh" } as const;
export const rng = createRng("unused: every weight is replaced");

export function nflowsLayers(
  store: Store,
  { dim, hidden, layers }: Fixture["nflows"],
  residual: boolean,
): Layer[] {
  return layers.map((theirs, i) => {
    const scope = store.scope(`${i}`);
    const shape = { entries: dim, blocks: nflowsAffine.blocks, contextSize: 0 };
    // Without residual blocks the first layer and the two blocks make three hidden layers.
    const network = residual
      ? maskedResidual(scope, shape, { ...MLP, width: hidden, blocks: 2 }, rng)
      : maskedMlp(scope, shape, { ...MLP, hidden: [hidden, hidden, hidden] }, rng);
    copy(store, residual ? `${i}/first` : `${i}/hidden0`, theirs.first);
    theirs.blocks.forEach(([one, two], block) => {
      if (!one) throw new Error("an empty block");
      copy(store, residual ? `${i}/block${block}/one` : `${i}/hidden${block + 1}`, one);
      if (two) copy(store, `${i}/block${block}/two`, two);
    });
    copy(store, `${i}/last`, reordered(theirs.last, blockwise(dim), count(hidden)));
    return autoregressiveLayer(dim, network, nflowsAffine, "forward");
  });
}

/** How many of the entries each of zuko's units sees: its degree, in our count. */
function zukoDegrees(mask: Matrix, previous: readonly number[]): number[] {
  return mask.map((row) => Math.max(0, ...previous.filter((_, i) => row[i] === 1)));
}

/** For each of our units one of theirs of the same degree, each taken once. */
function matching(theirs: readonly number[], ours: readonly number[]): number[] {
  const left = new Set(count(theirs.length));
  return ours.map((degree) => {
    const unit = [...left].find((u) => theirs[u] === degree);
    if (unit === undefined) throw new Error(`no unit of degree ${degree} is left`);
    left.delete(unit);
    return unit;
  });
}

export function zukoLayers(
  store: Store,
  { dim, hidden, layers, context }: Fixture["zuko"],
): Layer[] {
  const contextSize = context?.[0]?.length ?? 0;
  const shape = { entries: dim, blocks: zukoAffine.blocks, contextSize };
  const contextColumns = count(contextSize).map((i) => dim + i);
  return layers.map((theirs, i) => {
    const network = maskedMlp(
      store.scope(`${i}`),
      shape,
      { ...MLP, hidden: [hidden, hidden] },
      rng,
    );
    const entries = i % 2 === 0 ? count(dim) : count(dim).reverse();
    const [first, second, last] = theirs;
    if (!first || !second || !last) throw new Error("three linear layers were expected");
    const ours = hiddenDegrees(hidden, shape);
    const degreeOfInput = [...entries.map((entry) => entry + 1), ...contextColumns.map(() => 0)];
    const firstDegrees = zukoDegrees(first.mask, degreeOfInput);
    const firstUnits = matching(firstDegrees, ours);
    const secondUnits = matching(zukoDegrees(second.mask, firstDegrees), ours);
    const outputs = [0, 1].flatMap((block) => entries.map((entry) => 2 * entry + block));
    copy(store, `${i}/hidden0`, reordered(first, firstUnits, [...entries, ...contextColumns]));
    copy(store, `${i}/hidden1`, reordered(second, secondUnits, firstUnits));
    copy(store, `${i}/last`, reordered(last, outputs, secondUnits));
    return autoregressiveLayer(dim, network, zukoAffine, "forward");
  });
}
