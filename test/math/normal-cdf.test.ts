import { test } from "uvu";
import * as assert from "uvu/assert";

import { normalCdf } from "../../src/math/normal-cdf.ts";

test("Φ has the tabulated values", () => {
  // Abramowitz & Stegun, table 26.1, to fifteen digits.
  const table: readonly (readonly [number, number])[] = [
    [0, 0.5],
    [0.5, 0.691462461274013],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.99865010196837],
    [5, 0.999999713348428],
  ];
  for (const [x, value] of table) {
    assert.ok(Math.abs(normalCdf(x) - value) < 2e-15, `Φ(${x}) = ${normalCdf(x)}`);
    assert.ok(Math.abs(normalCdf(-x) - (1 - value)) < 2e-15, `Φ(${-x}) = ${normalCdf(-x)}`);
  }
});

test("Φ ends at 0 and 1, and keeps NaN", () => {
  assert.is(normalCdf(Infinity), 1);
  assert.is(normalCdf(-Infinity), 0);
  assert.is(normalCdf(9), 1);
  assert.ok(Number.isNaN(normalCdf(NaN)));
  // The two pieces join: no jump where the series ends.
  assert.ok(Math.abs(normalCdf(-8.299)) < 1e-15 && normalCdf(8.299) <= 1);
});

test.run();
