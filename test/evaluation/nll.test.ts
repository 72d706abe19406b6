import { test } from "uvu";
import * as assert from "uvu/assert";

import { kl, nll, pairedKl } from "../../src/evaluation/nll.ts";

const exact = { kind: "exact" } as const;

test("the NLL is the mean of −log p, with its standard error over rows and the scale's logarithm added", () => {
  const metric = nll(Float64Array.of(-1, -2, -6), exact, 0.5);
  assert.is(metric.value, 3.5);
  // The values 1, 2, 6 have the variance 7.
  assert.ok(Math.abs((metric.stderr ?? 0) - Math.sqrt(7 / 3)) < 1e-15);
  assert.is(metric.n, 3);
  assert.is(metric.nonfinite, 0);
  assert.is(metric.unit, "nats");
});

test("rows without a finite likelihood leave the mean without a value, and are counted", () => {
  const broken = nll(Float64Array.of(-1, NaN, -2), exact);
  assert.equal(
    [broken.value, broken.flag, broken.stderr, broken.nonfinite],
    [null, "nan", null, 1],
  );
  // log p = −∞: the model excludes a row that was seen.
  const excluded = nll(Float64Array.of(-1, -Infinity, -2), exact);
  assert.equal([excluded.value, excluded.flag, excluded.nonfinite], [null, "inf", 1]);
  assert.match(JSON.stringify(excluded), '"value":null,"flag":"inf"');
});

test("one row has a mean and no error", () => {
  assert.equal(
    [nll(Float64Array.of(-2), exact).value, nll(Float64Array.of(-2), exact).stderr],
    [2, null],
  );
});

test("KL is the NLL less the entropy, and the errors add in squares", () => {
  const test_nll = { ...nll(Float64Array.of(-2, -2), exact), stderr: 3 };
  const metric = kl(test_nll, { value: 0.5, stderr: 4 });
  assert.equal([metric.value, metric.stderr], [1.5, 5]);
  assert.is(kl(nll(Float64Array.of(NaN), exact), { value: 0, stderr: 0 }).flag, "nan");
});

test("the paired KL of a model that is right has no error at all", () => {
  const density = Float64Array.of(-1, -4, -9);
  const metric = pairedKl(
    density.map((value) => value + 0.25),
    density,
    exact,
    0.25,
  );
  assert.equal([metric.value, metric.stderr], [0, 0]);
});

test.run();
