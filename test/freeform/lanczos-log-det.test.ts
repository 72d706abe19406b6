import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type EngineOptions, type Tensor } from "../../src/engine/index.ts";
import { lanczosLogDet } from "../../src/freeform/lanczos-log-det.ts";
import { drawNoise } from "../../src/math/noise.ts";
import { createRng } from "../../src/math/rng.ts";
import { slogdet } from "../../src/math/slogdet.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import { runOn } from "../engine/compare.ts";

const FLOAT64 = { engine: "cpu", precision: "float64" } as const;

interface Asked {
  readonly dim: number;
  readonly matrix: Float64Array;
  readonly rows: number;
  readonly directions: number;
  readonly steps: number;
  readonly options?: EngineOptions;
}

/** The estimate for the linear map x → x Aᵀ at rows, each with directions of its own. */
async function estimate({ dim, matrix, rows, directions, steps, options = FLOAT64 }: Asked) {
  const outputs = await runOn(
    {
      label: "estimate",
      inputs: {
        x: { shape: [rows, dim] },
        a: { shape: [dim, dim] },
        v: { shape: [rows, dim, directions] },
      },
      body: ({ x, a, v }) => {
        const f = (points: Tensor): Tensor => tf.matMul(points, a as Tensor, false, true);
        return { outputs: { ...lanczosLogDet(f, x as Tensor, v as Tensor, steps) } };
      },
    },
    {
      x: createRng("x").normals(rows * dim),
      a: matrix,
      v: drawNoise("orthonormal", [rows, dim, directions], createRng("v")),
    },
    options,
  );
  const get = (name: string): Float64Array => Float64Array.from(outputs[name] ?? []);
  return { logDet: get("logDet"), variance: get("variance"), change: get("change") };
}

/** I + share · G / √D. */
const near = (dim: number, share: number): Float64Array =>
  createRng(`matrix ${dim}`)
    .normals(dim ** 2)
    .map((g, k) => +(k % (dim + 1) === 0) + (share * g) / Math.sqrt(dim));

test("with D directions and D steps the estimate is the log-determinant, ill-conditioned or not", async () => {
  for (const [dim, scales] of [
    [1, [3]],
    [5, [1, 1, 1, 1, 1]],
    [5, [1e-4, 1, 30, 1e3, 0.2]],
    [12, Array.from({ length: 12 }, () => 1e5)],
  ] as const) {
    const matrix = near(dim, 0.5).map((v, k) => v * (scales[Math.floor(k / dim)] ?? 1));
    const { logDet } = await estimate({ dim, matrix, rows: 3, directions: dim, steps: dim });
    // Round-off grows with the condition number, here up to 1e7, whose square is what the integral's range must hold.
    for (const value of logDet)
      assert.ok(
        Math.abs(value - slogdet(matrix, dim).logAbs) < 1e-6,
        `${dim}: ${value - slogdet(matrix, dim).logAbs}`,
      );
  }
});

test("with few directions it is unbiased, and tells its own error", async () => {
  const dim = 40;
  const matrix = near(dim, 0.3);
  const { logAbs } = slogdet(matrix, dim);
  const { logDet, variance, change } = await estimate({
    ...{ dim, matrix, rows: 400, directions: 4, steps: 12 },
  });
  const error = mean(logDet) - logAbs;
  // Gaussian quadrature of 12 steps at a condition number of about 3 adds less than 1e-4.
  assert.ok(Math.abs(error) < 5 * standardError(logDet) + 1e-4, `${error}`);
  const told = mean(variance);
  const found = logDet.reduce((sum, v) => sum + (v - logAbs) ** 2, 0) / logDet.length;
  // Four directions give a variance with a deviation of about 0.8 of itself, 400 rows one of 0.04.
  assert.ok(told / found > 0.7 && told / found < 1.5, `${told} beside ${found}`);
  assert.ok(found > 1e-4);
  assert.ok(change.every((value) => value > -1e-9) && mean(change) < 0.01, `${mean(change)}`);
});

test("too few steps lie above the truth, by less than their second half changed", async () => {
  const dim = 30;
  const matrix = near(dim, 0.5).map((v, k) => v * 10 ** ((2 * Math.floor(k / dim)) / dim));
  const { logAbs } = slogdet(matrix, dim);
  const { logDet, change } = await estimate({ dim, matrix, rows: 2, directions: dim, steps: 10 });
  logDet.forEach((value, i) => {
    const above = value - logAbs;
    assert.ok(above > 0 && above < (change[i] ?? 0), `${above}, ${change[i] ?? NaN}`);
  });
});

test("a Krylov space that ends early is no trouble, in float32 either", async () => {
  const dim = 8;
  const identity = near(dim, 0).map((v) => 2 * v);
  for (const options of [FLOAT64, { engine: "cpu" }, { engine: "tfjs-cpu" }] as const) {
    const asked = { dim, matrix: identity, rows: 2, directions: 2, steps: 6, options };
    for (const value of (await estimate(asked)).logDet)
      assert.ok(Math.abs(value - dim * Math.LN2) < 1e-4, `${value}`);
  }
});

test.run();
