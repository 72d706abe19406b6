import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

import { buildFor } from "../../src/contract/subject.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { rationalQuadratic } from "../../src/flows/rational-quadratic.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { permutationMatrix } from "../../src/math/permutation-matrix.ts";
import type { Model } from "../../src/model.ts";
import { encode, largest, rowsOf } from "./helpers.ts";
import { at, both, evaluate } from "./transformer-helpers.ts";

/*
 * Values of nflows and zuko in float64, written by bench/peers/fixtures/spline.py. Ours agree to 1e-6 of 1 + |value|; all
 * sides have some 1e-16 and the inverse magnifies it by 1/slope, 1e5 at most here.
 */
const TOLERANCE = 1e-6;

interface SplineCase {
  readonly name: string;
  readonly bound: number;
  readonly widths: readonly number[][];
  readonly heights: readonly number[][];
  readonly slopes: readonly number[][];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly logSlope: readonly number[];
  readonly inverse: readonly number[];
  readonly inverseLogSlope: readonly number[];
}

interface Layer {
  /** [outputs][inputs] */
  readonly weight: readonly number[][];
  readonly bias: readonly number[];
}

interface FlowCase {
  readonly name: string;
  readonly dim: number;
  readonly clamp: number;
  readonly conditioners: readonly Layer[][];
  readonly x: readonly number[][];
  readonly z: readonly number[][];
  readonly logProb: readonly number[];
}

const casesOf = (name: string): readonly unknown[] => {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: unknown[] }).cases;
};

function assertAgree(what: string, got: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.is(got.length, expected.length, what);
  const error = Array.from(expected, (e, i) => Math.abs(at(got, i) - e) / (1 + Math.abs(e)));
  assert.ok(
    error.every(Number.isFinite) && largest(error) <= TOLERANCE,
    `${what}: ${largest(error)}`,
  );
}

for (const spline of casesOf("spline") as SplineCase[])
  test(`a rational-quadratic spline is that of ${spline.name}`, async () => {
    const { bound, widths, heights, slopes, x } = spline;
    const bins = widths[0]?.length ?? 0;
    // Our raw numbers for their shares and slopes: minima below all of theirs, the logarithm for the softmax, and for the
    // slope δ = m + (1 − m)g with g = (r + √(r² + 4))/2, r = g − 1/g.
    const [minShare, minSlope] = [1e-5, 1e-4];
    const share = (value: number): number => Math.log((value - minShare) / (1 - bins * minShare));
    const slope = (value: number): number => {
      const g = (value - minSlope) / (1 - minSlope);
      return g - 1 / g;
    };
    const raw = x.flatMap((_, i) => [
      ...(widths[i] ?? []).map(share),
      ...(heights[i] ?? []).map(share),
      ...(slopes[i] ?? []).map(slope),
    ]);
    const shape = { bins, bound, minWidth: minShare, minHeight: minShare, minSlope };
    const transformer = rationalQuadratic(shape);
    const out = await evaluate(transformer, x, raw, both(transformer), { columns: 1 });
    assertAgree("y", out["y"] ?? [], spline.y);
    assertAgree("log-slope", out["logSlope"] ?? [], spline.logSlope);
    assertAgree("inverse", out["inverse"] ?? [], spline.inverse);
    assertAgree("its log-slope", out["inverseSlope"] ?? [], spline.inverseLogSlope);
  });

test("widths, heights and slopes keep exactly to their minima", async () => {
  // Raw numbers far apart: all bins have the minimum but one, which has the rest.
  const spline = rationalQuadratic({ bins: 4, bound: 1, minWidth: 2e-3, minHeight: 0.1, minSlope: 0.3 });
  const raw = [0, 90, 0, 0, 0, 0, 0, 90, -1e9, -1e9, -1e9];
  // Knots of x: −1, −0.996, 0.992, 0.996, 1; of y: −1, −0.8, −0.6, −0.4, 1.
  const x = [-0.996, 0.992, 0.996];
  const out = await evaluate(spline, x, x.flatMap(() => raw), both(spline), { columns: 1 });
  assertAgree("knots", out["y"] ?? [], [-0.8, -0.6, -0.4]);
  assertAgree("slopes", (out["logSlope"] ?? new Float64Array()).map(Math.exp), [0.3, 0.3, 0.3]);
}); // prettier-ignore

/** Puts the weights of another library's Linear, [outputs][inputs], into ours, which may be kept transposed. */
function copyLinear(model: Model, scope: string, { weight, bias }: Layer): void {
  const slots = model.store.slots();
  const slot = (name: string) => {
    const found = slots.find((candidate) => candidate.name === `${scope}/${name}`);
    if (!found) throw new Error(`no slot ${scope}/${name}`);
    return found;
  };
  const [outputs, inputs] = [weight.length, weight[0]?.length ?? 0];
  const kept = slot("weight");
  const transposed = inputs >= outputs;
  assert.equal(kept.shape, transposed ? [outputs, inputs] : [inputs, outputs]);
  kept.values = Float64Array.from(
    transposed
      ? weight.flat()
      : Array.from({ length: inputs }, (_, i) => weight.map((row) => at(row, i))).flat(),
  );
  slot("bias").values = Float64Array.from(bias);
}

for (const flow of casesOf("real-nvp") as FlowCase[])
  test(`Real NVP with the weights of ${flow.name} has its z and log p`, async () => {
    const { dim, clamp, conditioners, x } = flow;
    const layers = conditioners.length;
    const options = { layers, hidden: [4], activation: "tanh", mixing: "permutation", clamp };
    const model = buildFor(realNvp, dim, { options });
    const reversed = Uint32Array.from({ length: dim }, (_, i) => dim - 1 - i);
    conditioners.forEach(([first, last], i) => {
      if (!first || !last) throw new Error("two layers expected");
      // They give shifts, then raw scales; ours come the other way round.
      const swap = <T>(rows: readonly T[]): T[] => [
        ...rows.slice(rows.length / 2),
        ...rows.slice(0, rows.length / 2),
      ];
      const ours = { weight: swap(last.weight), bias: swap(last.bias) };
      copyLinear(model, `layer${i}/conditioner/hidden0`, first);
      copyLinear(model, `layer${i}/conditioner/last`, ours);
      const mixing = model.store.slots().find(({ name }) => name === `layer${i}/mixing/matrix`);
      if (mixing) mixing.values = permutationMatrix(reversed);
    });
    const rows = rowsOf(x.flat(), dim);
    const engine = { engine: "cpu", precision: "float64" } as const;
    if (!model.bijection) throw new Error("no bijection");
    const { z } = await encode(model.bijection, rows, model.store);
    assertAgree("z", z, flow.z.flat());
    assertAgree("log p", await evaluateLogProb({ model, rows, engine }), flow.logProb);
  });

test.run();
