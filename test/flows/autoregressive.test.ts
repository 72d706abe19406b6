import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract } from "../../src/contract/index.ts";
import { buildFor, normalRows, perturb } from "../../src/contract/subject.ts";
import { jacobian } from "../../src/engine/index.ts";
import { evaluateLogProb } from "../../src/evaluation/log-prob.ts";
import { autoregressive } from "../../src/flows/autoregressive.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Model } from "../../src/model.ts";
import { applyTo } from "./helpers.ts";

const small = { layers: 3, hidden: [12, 12] };
const float64 = { engine: "cpu", precision: "float64" } as const;

// The registry's defaults are tried in test/contract. Here the slow encode, whose gradient trains, and a residual network.
for (const { name, run } of familyContract(autoregressive, {
  options: {
    ...small,
    layers: 2,
    direction: "inverse",
    conditioner: "residual",
    activation: "silu",
    norm: "actnorm",
  },
}))
  test(`${name} (inverse, residual, silu, ActNorm)`, run);

for (const direction of ["forward", "inverse"])
  test(`${direction}: it starts as a change of order, so log p is that of N(0, I), the 2π included`, async () => {
    const model = buildFor(autoregressive, 5, { options: { ...small, direction } });
    const rows = normalRows(4, [5], createRng(3));
    const logProb = await evaluateLogProb({ model, rows, engine: float64 });
    for (let i = 0; i < 4; i++) {
      const norm = Math.hypot(...rows.values.subarray(5 * i, 5 * i + 5));
      const expected = -0.5 * norm ** 2 - 2.5 * Math.log(2 * Math.PI);
      assert.ok(Math.abs((logProb[i] ?? 0) - expected) < 1e-12);
    }
  });

/** Jacobian [D, D] of encode at one random point. */
async function jacobianOf(model: Model, dim: number): Promise<Float64Array> {
  const { bijection, store } = model;
  if (!bijection) throw new Error("no bijection");
  const rows = normalRows(1, [dim], createRng(7));
  const { j } = await applyTo(store, rows, (x) => ({
    j: jacobian((point) => bijection.encode(point, { mode: "evaluate" }).z, x),
  }));
  return j;
}

test("without mixing entry j depends on the entries up to j, exactly; reversed between layers, on all", async () => {
  const dim = 5;
  for (const direction of ["forward", "inverse"]) {
    const of = (mixing: string): Promise<Float64Array> => {
      const options = { ...small, layers: 2, activation: "tanh", direction, mixing };
      return jacobianOf(perturb(buildFor(autoregressive, dim, { options }), createRng(1)), dim);
    };
    const [alone, mixed] = [await of("none"), await of("reverse")];
    for (let at = 0; at < dim * dim; at++) {
      const above = at % dim > Math.floor(at / dim);
      assert.is(Math.abs(alone[at] ?? NaN) > 0, !above, `${direction}, none, ${at}`);
      assert.ok(Math.abs(mixed[at] ?? NaN) > 0, `${direction}, reverse, ${at}`);
    }
  }
});

test("one entry without a context is one affine map: its slope is the same everywhere", async () => {
  const model = perturb(buildFor(autoregressive, 1, { options: small }), createRng(1));
  const rows = { count: 3, shape: [1], values: Float64Array.of(-1, 0.5, 2) };
  const [a = NaN, b = NaN, c = NaN] = await evaluateLogProb({ model, rows, engine: float64 });
  // log p is a parabola in x: its divided differences of second order agree with one curvature −exp(2s)/2.
  const curvature = ((c - b) / 1.5 - (b - a) / 1.5) / 3;
  const { bijection, store } = model;
  if (!bijection) throw new Error("no bijection");
  const { logDet } = await applyTo(store, rows, (x) => bijection.encode(x, { mode: "evaluate" }));
  for (const value of logDet) assert.ok(Math.abs(curvature + 0.5 * Math.exp(2 * value)) < 1e-12);
});

test("options that make no network are refused", () => {
  assert.throws(
    () => buildFor(autoregressive, 2, { options: { conditioner: "residual", hidden: [8, 16] } }),
    /widths that are all equal, got \[8, 16\]/,
  );
  const build = (shape: number[]) => () =>
    autoregressive.build({
      options: Object.fromEntries(
        Object.entries(autoregressive.options).map(([name, { default: value }]) => [name, value]),
      ),
      shape,
      contextSize: 0,
      rng: createRng(1),
    });
  assert.throws(build([4, 4, 1]), /autoregressive: expected rows of shape \[D\], got \[4, 4, 1\]/);
});

test.run();
