import { test } from "uvu";
import * as assert from "uvu/assert";
import { normalCdf } from "../../src/math/normal-cdf.ts";
import { normalQuantile } from "../../src/math/normal-quantile.ts";

test("the quantiles are those of the tables", () => {
  // Abramowitz & Stegun, table 26.5 and its continuation, to 10 digits.
  assert.is(normalQuantile(0.5), 0);
  assert.ok(Math.abs(normalQuantile(0.975) - 1.9599639845) < 1e-10);
  assert.ok(Math.abs(normalQuantile(0.01) + 2.326347874) < 1e-9);
});

test("it undoes the distribution function over eight decades", () => {
  for (let z = -6; z <= 6; z += 0.25) {
    // Φ is right to 1e-15 absolutely, which is 1e-15/φ(z) in z.
    const tolerance = 1e-13 + 4e-15 / Math.exp(-0.5 * z * z);
    const p = normalCdf(z);
    assert.ok(Math.abs(normalQuantile(p) - z) < tolerance, `${z}: ${normalQuantile(p)}`);
  }
});

test("the ends are infinite, and what is no probability has no quantile", () => {
  assert.is(normalQuantile(0), -Infinity);
  assert.is(normalQuantile(1), Infinity);
  assert.ok(Number.isNaN(normalQuantile(1.1)) && Number.isNaN(normalQuantile(NaN)));
});

test.run();
