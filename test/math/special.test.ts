import { test } from "uvu";
import * as assert from "uvu/assert";

import { gaussLegendre } from "../../src/math/gauss-legendre.ts";
import { logBesselI0Scaled } from "../../src/math/log-bessel-i0.ts";
import { logSumExp, mean, standardError } from "../../src/math/statistics.ts";

test("ln I₀(x) − x equals its integral over the angle, on both sides of the change of series", () => {
  for (const x of [0, 0.1, 1, 10, 39.9, 40.1, 100, 1400]) {
    // I₀(x) = (1/π) ∫ exp(x cos t) dt over [0, π]; the trapezoid rule is exact to round-off for periodic functions.
    const n = 2000;
    const terms = Float64Array.from(
      { length: n },
      (_, k) => x * (Math.cos((2 * Math.PI * k) / n) - 1),
    );
    const expected = logSumExp(terms) - Math.log(n);
    assert.ok(
      Math.abs(logBesselI0Scaled(x) - expected) < 1e-13 * (1 + Math.abs(expected)),
      `x = ${x}`,
    );
  }
});

test("Gauss–Legendre with six points is exact up to degree 11 and not for degree 12", () => {
  const integrate = (degree: number, panels: number): number => {
    const { nodes, weights } = gaussLegendre(-1, 2, panels);
    return nodes.reduce((sum, t, k) => sum + (weights[k] ?? 0) * t ** degree, 0);
  };
  const exact = (degree: number): number =>
    (2 ** (degree + 1) - (-1) ** (degree + 1)) / (degree + 1);
  for (let degree = 0; degree <= 11; degree++)
    assert.ok(Math.abs(integrate(degree, 1) / exact(degree) - 1) < 1e-13, `degree ${degree}`);
  assert.ok(Math.abs(integrate(12, 1) / exact(12) - 1) > 1e-9);
  assert.ok(Math.abs(integrate(12, 3) / exact(12) - 1) < 1e-9);
});

test("logSumExp neither overflows nor underflows", () => {
  assert.is(logSumExp([1000, 1000]), 1000 + Math.log(2));
  assert.is(logSumExp([-1000, -Infinity]), -1000);
  assert.is(logSumExp([]), -Infinity);
  assert.is(logSumExp([-Infinity]), -Infinity);
  assert.ok(Number.isNaN(logSumExp([NaN, 1])));
});

test("mean and standard error are those of the definition, and keep NaN", () => {
  assert.is(mean([1, 2, 6]), 3);
  assert.is(standardError([1, 2, 6]), Math.sqrt(14 / 6));
  assert.ok(Number.isNaN(mean([1, NaN])));
  assert.ok(Number.isNaN(standardError([1])));
});

test.run();
