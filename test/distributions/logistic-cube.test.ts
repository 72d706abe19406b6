import { test } from "uvu";
import * as assert from "uvu/assert";

import { logisticCube } from "../../src/distributions/logistic-cube.ts";
import { createStore } from "../../src/engine/index.ts";
import { drawsOf, integralOf, kolmogorovSmirnov, logProbOf } from "./helpers.ts";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

test("log densities are the logistic ones, finite however far out", async () => {
  const got = await logProbOf(logisticCube(1), createStore(), [0, 2, -30, 700, 1e4, -1e4]);
  // scipy.stats.logistic.logpdf, scipy 1.18.1.
  [-1.3862943611198906, -2.253856022085945, -30.00000000000019, -700, -1e4, -1e4].forEach(
    (truth, i) => {
      assert.ok(Math.abs((got[i] ?? NaN) / truth - 1) < 1e-12, `${got[i] ?? NaN} ${truth}`);
    },
  );
});

test("the density integrates to one", async () => {
  assert.ok(Math.abs((await integralOf(logisticCube(1), createStore(), 40)) - 1) < 1e-10);
});

test("squashed draws are uniform, and temperature gathers them at the centre of the cube", async () => {
  const base = logisticCube(1);
  const draws = await drawsOf(base, createStore(), 20_000);
  // 1.95 is exceeded once in 1000 times.
  assert.ok(kolmogorovSmirnov(draws, sigmoid) < 1.95);
  const cold = await drawsOf(base, createStore(), 50, 0.5);
  assert.equal(
    cold,
    draws.slice(0, 50).map((value) => value / 2),
  );
});

test.run();
