import { test } from "uvu";
import * as assert from "uvu/assert";

import type { Base } from "../../src/distributions/base.ts";
import { standardNormal } from "../../src/distributions/standard-normal.ts";
import { tf, type Scalar, type Tensor, type Tensors } from "../../src/engine/index.ts";
import { freeFormLoss } from "../../src/freeform/loss.ts";
import type { Pair } from "../../src/freeform/pair.ts";
import { drawNoise } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";
import type { LossCall } from "../../src/model.ts";
import { assertClose, runOn } from "../engine/compare.ts";
import { couplings, DIM } from "./exact-pairs.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;
const ROWS = 6;
const rows = createRng("rows").normals(ROWS * DIM);
const frames = (count: number): Float64Array =>
  drawNoise("orthonormal", [ROWS, DIM, count], createRng("frames"));

/** log q = 0, so that what is left of the loss at beta 0 is the volume term. */
const flat: Base = { ...standardNormal(DIM), logProb: (z) => tf.sum(tf.mul(z, 0), 1) };

interface Asked {
  readonly beta?: number;
  readonly betaWarmup?: number;
  readonly step?: number;
  readonly probes?: number;
  readonly mode?: LossCall["mode"];
  readonly base?: Base;
}

/** The loss, its scalars and its gradients at `parameters`, which `pairOf` makes a pair of. */
async function lossAt(
  pairOf: (parameters: Tensors) => Pair,
  parameters: Readonly<Record<string, { shape: readonly number[]; values: Float64Array }>>,
  { beta = 0, betaWarmup = 0, step = 0, probes = DIM, mode = "train", base = flat }: Asked,
): Promise<Record<string, Float64Array>> {
  const names = Object.keys(parameters);
  const outputs = await runOn(
    {
      label: "free-form loss",
      inputs: {
        x: { shape: [ROWS, DIM] },
        v: { shape: [ROWS, DIM, probes] },
        ...Object.fromEntries(
          names.map((name) => [name, { shape: parameters[name]?.shape ?? [] }]),
        ),
      },
      body: ({ x, v, ...given }) => {
        let scalars: Tensors = {};
        const loss = (...values: Tensor[]): Scalar => {
          const named = Object.fromEntries(names.map((name, i) => [name, values[i] as Tensor]));
          const result = freeFormLoss(
            pairOf(named),
            base,
            { beta, betaWarmup },
            {
              ...{ batch: x as Tensor, probes: v as Tensor, step: tf.scalar(step), mode },
            },
          );
          scalars = result.scalars;
          return result.loss as Scalar;
        };
        const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => given[name] as Tensor));
        return {
          outputs: {
            loss: value,
            ...scalars,
            ...Object.fromEntries(names.map((name, i) => [`d ${name}`, grads[i] as Tensor])),
          },
        };
      },
    },
    {
      x: rows,
      v: frames(probes),
      ...Object.fromEntries(names.map((name) => [name, parameters[name]?.values ?? []])),
    },
    FLOAT64,
  );
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, Float64Array.from(values)]),
  );
}

/** The parameters of the encoder and of the decoder, equal in value, each under a name of its own. */
const both = Object.fromEntries(
  ["encoder", "decoder"].flatMap((part) =>
    Object.entries(couplings.values).map(([name, values]) => [
      `${part} ${name}`,
      { shape: couplings.parameters[name] ?? [], values },
    ]),
  ),
);
const partOf = (tensors: Tensors, part: string): Tensors =>
  Object.fromEntries(
    Object.keys(couplings.values).map((name) => [name, tensors[`${part} ${name}`] as Tensor]),
  );
const couplingPair = (tensors: Tensors): Pair =>
  couplings.pair(partOf(tensors, "encoder"), partOf(tensors, "decoder"));

/** The gradient of the mean over rows of a closed form, towards the encoder's parameters. */
async function gradientOf(
  value: (encoder: Tensors, x: Tensor) => Tensor,
): Promise<Record<string, Float64Array>> {
  const names = Object.keys(couplings.values);
  const outputs = await runOn(
    {
      label: "closed form",
      inputs: {
        x: { shape: [ROWS, DIM] },
        ...Object.fromEntries(
          names.map((name) => [name, { shape: couplings.parameters[name] ?? [] }]),
        ),
      },
      body: ({ x, ...given }) => {
        // A parameter that the closed form does not read has a gradient of zero, not none.
        const f = (...values: Tensor[]): Scalar => {
          const named = Object.fromEntries(names.map((name, i) => [name, values[i] as Tensor]));
          const nothing = values.map((v): Scalar => tf.mul(tf.sum(v), 0));
          return tf.addN([tf.mean<Scalar>(value(named, x as Tensor)), ...nothing]);
        };
        const grads = tf.grads(f)(names.map((name) => given[name] as Tensor));
        return {
          outputs: Object.fromEntries(
            names.map((name, i) => [`d encoder ${name}`, grads[i] as Tensor]),
          ),
        };
      },
    },
    { x: rows, ...couplings.values },
    FLOAT64,
  );
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, Float64Array.from(values)]),
  );
}

const picked = (
  all: Readonly<Record<string, Float64Array>>,
  start: string,
): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(start)));
const minus = (values: Float64Array | undefined): Float64Array =>
  Float64Array.from(values ?? [], (value) => -value);
const difference = (
  a: Readonly<Record<string, Float64Array>>,
  b: Readonly<Record<string, Float64Array>>,
): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(a).map(([name, values]) => [
      name,
      values.map((value, i) => value - (b[name]?.[i] ?? NaN)),
    ]),
  );

test("a linear map and its inverse: the volume term's gradient over a basis is A⁻ᵀ to round-off", async () => {
  // A = I + a strict triangle of 0.3 times diag(1, −2, 0.5, 3): its inverse by substitution, exact in a few operations.
  const scale = [1, -2, 0.5, 3];
  const at = (i: number, j: number): number =>
    (scale[j] ?? 0) * (i === j ? 1 : i === j + 1 ? 0.3 : 0);
  const matrix = Float64Array.from({ length: DIM ** 2 }, (_, k) =>
    at(Math.floor(k / DIM), k % DIM),
  );
  const inverse = Float64Array.from({ length: DIM ** 2 }, (_, k) => {
    const [i, j] = [Math.floor(k / DIM), k % DIM];
    return i < j ? 0 : (-0.3) ** (i - j) / (scale[i] ?? 1);
  });
  const shape = [DIM, DIM];
  const pair = ({ a, b }: Tensors): Pair => ({
    encode: (x) => tf.matMul(x, a as Tensor, false, true),
    decode: (z) => tf.matMul(z, b as Tensor, false, true),
  });
  const parameters = { a: { shape, values: matrix }, b: { shape, values: inverse } };
  const transposed = Float64Array.from(
    inverse,
    (_, k) => inverse[(k % DIM) * DIM + Math.floor(k / DIM)] ?? NaN,
  );
  const exact = await lossAt(pair, parameters, {});
  assertClose({ d: minus(exact["d a"]) }, { d: transposed }, 1e-14, "gradient towards A");
  // Its value says nothing: D, whatever A is.
  assertClose(
    { v: exact["surrogate"] ?? new Float64Array(0) },
    { v: Float64Array.of(DIM) },
    1e-14,
    "value",
  );
  const single = await lossAt(pair, parameters, { probes: 1 });
  const off = difference({ d: minus(single["d a"]) }, { d: transposed })["d"] ?? [];
  assert.ok(
    off.some((value) => Math.abs(value) > 0.01),
    "one direction is an estimate",
  );
});

test("couplings and their inverse: the gradient over a basis is that of log|det f′| to round-off", async () => {
  const got = picked(await lossAt(couplingPair, both, {}), "d encoder");
  const truth = await gradientOf((encoder, x) => couplings.logDet(encoder, x));
  const negated = Object.fromEntries(Object.entries(got).map(([name, d]) => [name, minus(d)]));
  assertClose(negated, truth, 1e-13, "gradient towards the encoder");
});

test("the decoder learns nothing from the volume term", async () => {
  for (const [name, gradient] of Object.entries(
    picked(await lossAt(couplingPair, both, {}), "d decoder"),
  ))
    assert.ok(
      gradient.every((value) => value === 0),
      name,
    );
});

test("the reconstruction trains both networks, the encoder through z", async () => {
  // A decoder off its place, so that there is an error to reconstruct.
  const off = Object.fromEntries(
    Object.entries(both).map(([name, { shape, values }]) => [
      name,
      { shape, values: name.startsWith("decoder") ? values.map((v) => v + 0.1) : values },
    ]),
  );
  const without = await lossAt(couplingPair, off, {});
  const having = await lossAt(couplingPair, off, { beta: 1 });
  const got = picked(difference(having, without), "d ");
  // Central differences of the reconstruction itself, entry by entry.
  for (const [name, { values }] of Object.entries(off))
    for (const entry of [0, 3]) {
      const step = 1e-5;
      const error = async (sign: number): Promise<number> => {
        const moved = values.map((v, i) => (i === entry ? v + sign * step : v));
        const result = await lossAt(
          couplingPair,
          { ...off, [name]: { ...(off[name] as { shape: readonly number[] }), values: moved } },
          {},
        );
        return result["reconstruction"]?.[0] ?? NaN;
      };
      const slope = ((await error(1)) - (await error(-1))) / (2 * step);
      const gradient = got[`d ${name}`]?.[entry] ?? NaN;
      // Truncation of the difference, step², times third derivatives of about 10.
      assert.ok(Math.abs(gradient - slope) < 1e-7, `${name}[${entry}]: ${gradient}, ${slope}`);
    }
});

test("the loss is β · reconstruction − log q(z) − surrogate; β rises over its warm-up in training only", async () => {
  const off = Object.fromEntries(
    Object.entries(both).map(([name, { shape, values }]) => [
      name,
      { shape, values: name.startsWith("decoder") ? values.map((v) => 0.5 * v) : values },
    ]),
  );
  const base = standardNormal(DIM);
  const at = async (asked: Asked): Promise<number> =>
    (await lossAt(couplingPair, off, { base, ...asked }))["loss"]?.[0] ?? NaN;
  const { reconstruction } = await lossAt(couplingPair, off, {});
  const [none, missed] = [await at({}), reconstruction?.[0] ?? NaN];
  assert.ok(missed > 0.01);
  for (const [asked, weight] of [
    [{ beta: 20 }, 20],
    [{ beta: 20, betaWarmup: 10, step: 0 }, 2],
    [{ beta: 20, betaWarmup: 10, step: 4 }, 10],
    [{ beta: 20, betaWarmup: 10, step: 50 }, 20],
    [{ beta: 20, betaWarmup: 10, step: 0, mode: "evaluate" }, 20],
  ] as const)
    // Constants pass through float32.
    assert.ok(
      Math.abs((await at(asked)) - none - weight * missed) < 1e-6 * weight,
      JSON.stringify(asked),
    );
});

test.run();
