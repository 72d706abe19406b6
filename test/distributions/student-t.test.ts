import { test } from "uvu";
import * as assert from "uvu/assert";

import { studentT } from "../../src/distributions/student-t.ts";
import { createStore } from "../../src/engine/index.ts";
import { drawsOf, integralOf, kolmogorovSmirnov, logProbOf } from "./helpers.ts";

/** ν, then log densities at 0, ½, −3 and 50, by mpmath 1.3.0 at 40 digits. */
const REFERENCE = [
  [0.5, -1.3105329259115095, -1.6146317569926328, -3.5188621602863399, -7.6985778044756873],
  [3, -1.0008888496235097, -1.1609742649705826, -3.7734775718632909, -14.454154855150839],
  [1e4, -0.91896353320463108, -1.0439744705744249, -5.4173895450065142, -1116.7482918799105],
] as const;

for (const learn of [false, true])
  test(`log densities have twelve digits, ${learn ? "learned" : "fixed"} degrees of freedom`, async () => {
    for (const [degrees, ...truth] of REFERENCE) {
      const store = createStore();
      const base = studentT(1, store, { degrees, learn });
      const got = await logProbOf(base, store, [0, 0.5, -3, 50]);
      truth.forEach((value, i) => {
        const error = Math.abs((got[i] ?? NaN) / value - 1);
        assert.ok(error < 1e-12, `ν = ${degrees}: ${got[i] ?? NaN}, expected ${value}`);
      });
    }
  });

test("dimensions are independent, each with its own degrees of freedom", async () => {
  const store = createStore();
  const base = studentT(2, store, { degrees: 1, learn: true });
  const [slot] = store.slots("variable");
  if (!slot) throw new Error("no variable");
  slot.values = Float64Array.of(Math.log(0.5 - 0.45), Math.log(3 - 0.45));
  const [got = NaN] = await logProbOf(base, store, [50, -3]);
  assert.ok(Math.abs(got - (-7.6985778044756873 - 3.7734775718632909)) < 1e-12);
});

test("the density integrates to one", async () => {
  const store = createStore();
  // Beyond 200, t with 5 degrees of freedom has 6e-11 of its mass; the midpoint rule's error is smaller still.
  assert.ok(
    Math.abs((await integralOf(studentT(1, store, { degrees: 5, learn: false }), store, 200)) - 1) <
      1e-9,
  );
});

/** Distribution functions with a closed form. */
const CDF = {
  1: (x: number) => 0.5 + Math.atan(x) / Math.PI,
  2: (x: number) => 0.5 + x / (2 * Math.sqrt(2 + x * x)),
  4: (x: number) => {
    const c = x / Math.sqrt(4 + x * x);
    return 0.5 + 0.75 * (c - c ** 3 / 3);
  },
} as const;

for (const degrees of [1, 2, 4] as const)
  test(`draws follow t with ${degrees} degrees of freedom, and temperature scales them`, async () => {
    const store = createStore();
    const base = studentT(1, store, { degrees, learn: false });
    const draws = await drawsOf(base, store, 20_000);
    // 1.95 is exceeded once in 1000 times.
    const statistic = kolmogorovSmirnov(draws, CDF[degrees]);
    assert.ok(statistic < 1.95, `Kolmogorov–Smirnov ${statistic}`);
    // Half is exact in floating point.
    assert.equal(
      await drawsOf(base, store, 50, 0.5),
      draws.slice(0, 50).map((value) => value / 2),
    );
  });

test("draws of dimensions are not correlated", async () => {
  const store = createStore();
  const draws = await drawsOf(studentT(2, store, { degrees: 30, learn: false }), store, 20_000);
  let product = 0;
  for (let i = 0; i < draws.length; i += 2) product += (draws[i] ?? 0) * (draws[i + 1] ?? 0);
  // Mean of 20,000 products, each of deviation 30/28: 4 standard errors.
  assert.ok(Math.abs(product / 20_000) < (4 * 30) / 28 / Math.sqrt(20_000));
});

test("draws stay finite however few degrees of freedom are learned", async () => {
  const store = createStore();
  const base = studentT(1, store, { degrees: 1, learn: true });
  const [slot] = store.slots("variable");
  if (!slot) throw new Error("no variable");
  slot.values = Float64Array.of(-50);
  // Also in float32, whose largest number this is; the square of the radius is what overflows first.
  const draws = await drawsOf(base, store, 20_000);
  assert.ok(draws.every((draw) => draw ** 2 < 3.4e38));
});

test.run();
