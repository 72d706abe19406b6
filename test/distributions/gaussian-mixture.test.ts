import { test } from "uvu";
import * as assert from "uvu/assert";

import { gaussianMixture } from "../../src/distributions/gaussian-mixture.ts";
import type { Base } from "../../src/distributions/base.ts";
import { createStore, type Store } from "../../src/engine/index.ts";
import { createRng } from "../../src/math/rng.ts";
import { drawsOf, integralOf, kolmogorovSmirnov, logProbOf } from "./helpers.ts";

/** A mixture with these parameters, by the names of its slots. */
function mixture(
  dim: number,
  components: number,
  parameters: Readonly<Record<string, readonly number[]>>,
): { base: Base; store: Store } {
  const store = createStore();
  const base = gaussianMixture(dim, components, store, createRng(1));
  for (const slot of store.slots("variable"))
    slot.values = Float64Array.from(parameters[slot.name] ?? []);
  return { base, store };
}

test("log densities are those of the components, weighted", async () => {
  const { base, store } = mixture(2, 3, {
    logits: [0.2, -1, 0.7],
    means: [0.5, -1, 2, 0.25, -1.5, 3],
    "log-deviations": [0, -0.5, 0.25, 1, -1, 0],
  });
  const got = await logProbOf(base, store, [0, 0, 1.5, -2, -8, 4]);
  // logsumexp of ln w + scipy.stats.multivariate_normal.logpdf, scipy 1.18.1.
  [-3.8376508012895973, -4.079060996749946, -36.64776278227784].forEach((truth, i) => {
    assert.ok(Math.abs((got[i] ?? NaN) / truth - 1) < 1e-12, `${got[i] ?? NaN} ${truth}`);
  });
});

test("far from all components log p is the nearest one's, not minus infinity", async () => {
  const { base, store } = mixture(1, 2, {
    logits: [0, 0],
    means: [-1, 1],
    "log-deviations": [0, 0],
  });
  const [got = NaN] = await logProbOf(base, store, [1e4]);
  const truth = -0.5 * (1e4 - 1) ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(2);
  assert.ok(Math.abs(got / truth - 1) < 1e-12);
});

const sharp = mixture(1, 3, {
  logits: [Math.log(0.2), Math.log(0.5), Math.log(0.3)],
  means: [-3, 0, 4],
  // σ = e^−4 = 0.018: the components do not overlap, so draws can be told apart.
  "log-deviations": [-4, -4, -4],
});

test("the density integrates to one", async () => {
  const { base, store } = mixture(1, 2, {
    logits: [1, -1],
    means: [-2, 3],
    "log-deviations": [0.3, -1],
  });
  assert.ok(Math.abs((await integralOf(base, store, 20)) - 1) < 1e-10);
});

test("components are drawn by their weights, and normals about their means", async () => {
  const draws = await drawsOf(sharp.base, sharp.store, 20_000);
  const near = (mean: number): Float64Array => draws.filter((x) => Math.abs(x - mean) < 1);
  for (const [mean, weight] of [
    [-3, 0.2],
    [0, 0.5],
    [4, 0.3],
  ] as const) {
    const own = near(mean);
    // Binomial: 4 standard errors of a share.
    const bound = 4 * Math.sqrt((weight * (1 - weight)) / 20_000);
    assert.ok(Math.abs(own.length / 20_000 - weight) < bound, `share of ${mean}: ${own.length}`);
    const standard = own.map((x) => (x - mean) / Math.exp(-4));
    // The logistic approximation of Φ would not do; this is Φ by its series, to 1e-7 (Abramowitz & Stegun 26.2.17).
    assert.ok(kolmogorovSmirnov(standard, normalCdf) < 1.95, `component at ${mean}`);
  }
});

function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const polynomial =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * polynomial;
  return x > 0 ? 1 - upper : upper;
}

test("temperature brings draws to the means of their components", async () => {
  const draws = await drawsOf(sharp.base, sharp.store, 200, 0);
  assert.ok(draws.every((x) => [-3, 0, 4].some((mean) => Math.abs(x - mean) < 1e-15)));
  assert.is(new Set(draws.map(Math.round)).size, 3);
});

test("it starts with unit variance, and the seed decides its means", () => {
  const means = (seed: number): Float64Array => {
    const store = createStore();
    gaussianMixture(2, 500, store, createRng(seed));
    return (
      store.slots("variable").find(({ name }) => name === "means")?.values ?? new Float64Array()
    );
  };
  const [one, other] = [means(1), means(2)];
  assert.not.equal(one, other);
  const between = one.reduce((sum, value) => sum + value * value, 0) / one.length;
  // σ² = ¾ of each component and ¼ between them; 1000 squares have a standard error of ¼·√(2/1000).
  assert.ok(Math.abs(between - 0.25) < 4 * 0.25 * Math.sqrt(2 / 1000));
});

test.run();
