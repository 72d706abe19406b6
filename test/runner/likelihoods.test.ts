import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, type Tensor } from "../../src/engine/index.ts";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { createRng } from "../../src/math/rng.ts";
import { drawNoise } from "../../src/math/noise.ts";
import type { LogProb, Model } from "../../src/model.ts";
import { likelihoods } from "../../src/runner/likelihoods.ts";
import type { Preprocessing } from "../../src/runner/preprocessing.ts";

const rows = { count: 5, shape: [1], values: Float64Array.of(1, 2, 3, 4, 5) };
const column = (x: Tensor): Tensor => tf.reshape(x, [-1]);

/** A likelihood that says log p = −x, is off by x/100, and costs 10 x evaluations. */
const likelihood: LogProb = {
  name: "",
  provenance: { kind: "ode", trace: "exact", solver: "none" },
  value: (x) => tf.mul(column(x), -1),
  measure: (x) => ({
    logProb: tf.mul(column(x), -1),
    rows: { evaluations: tf.mul(column(x), 10) },
  }),
  conclude: ({ evaluations = new Float64Array(0) }) => ({
    details: { nfe: { max: Math.max(...evaluations) } },
    metrics: { nfe: { values: evaluations, unit: "evaluations" } },
  }),
  check: { rows: 3, details: { rtol: 1e-6 }, value: (x) => tf.mul(column(x), -1.01) },
};

const measure = (
  given: readonly LogProb[],
  dataset: Partial<Dataset> = {},
  logDet = new Float64Array(5),
) =>
  likelihoods({
    model: { shape: [1], store: createStore(), logProb: given } as unknown as Model,
    dataset: dataset as Dataset,
    preprocessing: { shape: [1] } as unknown as Preprocessing,
    ...{ rows, logDet, divergence: true, engine: {}, batch: 2 },
  });

test("what a likelihood measured of its rows stands in the provenance and as metrics", async () => {
  const { metrics, logProb } = await measure([likelihood]);
  assert.equal([...(logProb[""] ?? [])], [-1, -2, -3, -4, -5]);
  assert.is(metrics["test_nll"]?.value, 3);
  assert.equal((metrics["test_nll"]?.provenance as Record<string, unknown>)["nfe"], { max: 50 });
  assert.is(metrics["nfe"]?.value, 30);
  assert.is(metrics["nfe"]?.unit, "evaluations");
});

test("the check is of the first rows, in raw units, with the change and its largest", async () => {
  const { metrics } = await measure([likelihood], {}, Float64Array.of(1, 1, 1, 1, 1));
  const { check } = metrics["test_nll"]?.provenance as unknown as {
    check: Record<string, number>;
  };
  assert.is(check["n"], 3);
  assert.is(check["rtol"], 1e-6);
  // −mean(−1.01 x + 1) over 1, 2, 3; the main value is higher by 0.01 x. Constants pass through float32.
  const near = (key: string, value: number): void => {
    assert.ok(Math.abs((check[key] ?? NaN) - value) < 1e-7, `${key} ${String(check[key])}`);
  };
  near("nll", 1.02);
  near("difference", 0.02);
  near("largestDifference", 0.03);
  near("differenceStderr", 0.01 / Math.sqrt(3));
});

test("a likelihood that is worth nothing ends the evaluation with its reason", async () => {
  const failing: LogProb = { ...likelihood, conclude: () => ({ failure: "out of steps" }) };
  const { failure, metrics } = await measure([failing, { ...likelihood, name: "other" }]);
  assert.is(failure, "out of steps");
  assert.not.ok("test_nll_other" in metrics);
});

test("of dequantised counts the density stays a bound, however it is computed", async () => {
  const { metrics } = await measure([likelihood], { likelihood: "bound" });
  assert.is((metrics["test_nll"]?.provenance as Record<string, unknown>)["bound"], true);
});

test("noise of a row is the same whatever the batch, and differs between rows", async () => {
  const noisy: LogProb = {
    name: "",
    provenance: { kind: "exact" },
    noise: { probe: { shape: [2], kind: "rademacher" }, jitter: { shape: [], kind: "normal" } },
    value: (_, { noise }) =>
      tf.add(tf.sum(noise?.["probe"] as Tensor, 1), noise?.["jitter"] as Tensor),
  };
  const [{ logProb: one }, { logProb: two }] = [await measure([noisy]), await measure([noisy])];
  assert.equal(one[""], two[""]);
  assert.is(new Set(one[""]).size, 5);
  const stream = createRng("log p");
  const probe = drawNoise("rademacher", [5, 2], stream.fork("probe"));
  const jitter = drawNoise("normal", [5], stream.fork("jitter"));
  one[""]?.forEach((value, i) => {
    const expected = (probe[2 * i] ?? NaN) + (probe[2 * i + 1] ?? NaN) + (jitter[i] ?? NaN);
    // Evaluated in float32.
    assert.ok(Math.abs(value - expected) < 1e-6);
  });
});

test.run();
