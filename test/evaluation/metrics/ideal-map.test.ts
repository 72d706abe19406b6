import { test } from "uvu";
import * as assert from "uvu/assert";
import { computeMetrics } from "../../../src/evaluation/metrics/compute-metrics.ts";
import { idealMap } from "../../../src/evaluation/metrics/ideal-map.ts";
import { createRng } from "../../../src/math/rng.ts";
import type { Rows } from "../../../src/math/rows.ts";

/** ln N(x; 0, Σ) with unit variances and this correlation. */
const correlated =
  (r: number) =>
  ({ count, values }: Rows): Float64Array =>
    new Float64Array(count).map((_, i) => {
      const [a, b] = [values[2 * i] ?? NaN, values[2 * i + 1] ?? NaN];
      const square = (a * a - 2 * r * a * b + b * b) / (1 - r * r);
      return -0.5 * square - Math.log(2 * Math.PI) - 0.5 * Math.log(1 - r * r);
    });

/** First coordinates at the middles of equally likely intervals, so that the metric's 64 places are known: k/10, all of them. */
const FIRST = Array.from({ length: 64 }, (_, i) => (i - 31.5) / 20);
const test64 = {
  count: 64,
  shape: [2],
  values: Float64Array.from(FIRST.flatMap((x, i) => [x, i % 2 === 0 ? -5 : 5])),
};

const compare = async (model: number, data: number | undefined) => {
  const { metrics, figures, notes } = await computeMetrics(
    [idealMap],
    {
      columns: ["a", "b"],
      train: test64,
      test: test64,
      sample: () => Promise.reject(new Error("no draws are needed")),
      logProb: (rows) => Promise.resolve(correlated(model)(rows)),
      ...(data !== undefined && { logDensity: correlated(data) }),
      provenance: { kind: "exact" },
      engine: {},
    },
    { draws: 1, contexts: 1, posteriorDraws: 1 },
    createRng(0),
  );
  return { metrics, figures, notes };
};

test("a model that is the data's density has the ideal map", async () => {
  const { metrics } = await compare(0.6, 0.6);
  assert.is(metrics["ideal_map"]?.value, 0);
  assert.is(metrics["ideal_map_kl"]?.value, 0);
});

test("of independent normals for correlated ones, distance and divergence are those of the closed form", async () => {
  const r = 0.6;
  const s = Math.sqrt(1 - r * r);
  const { metrics, figures } = await compare(0, r);
  // The learned map is x₂ = r x₁ + s z, the ideal one z: r x₁ + (s − 1) z is largest at the far ends, which cells of 0.013 reach.
  const largest = Math.max(...FIRST.map((x) => Math.abs(r * x) + (1 - s) * 3));
  assert.ok(Math.abs((metrics["ideal_map"]?.value ?? NaN) - largest) < 0.2 * 0.014);
  // KL(N(r x₁, s²) ‖ N(0, 1)), averaged over the x₁; the midpoint rule is exact to round-off for such a Gaussian.
  const divergence =
    FIRST.reduce((sum, x) => sum + 0.5 * (s * s + (r * x) ** 2 - 1) - Math.log(s), 0) / 64;
  assert.ok(Math.abs((metrics["ideal_map_kl"]?.value ?? NaN) - divergence) < 1e-6);
  // E(r x₁ + (s − 1) z)² with |z| ≤ 3.
  const square = 1 - (6 * Math.exp(-4.5)) / Math.sqrt(2 * Math.PI) / 0.9973002039;
  const rms = Math.sqrt(
    FIRST.reduce((sum, x) => sum + (r * x) ** 2 + (1 - s) ** 2 * square, 0) / 64,
  );
  assert.ok(Math.abs((metrics["ideal_map_rms"]?.value ?? NaN) - rms) < 1e-3);
  assert.match(figures["ideal-map"] ?? "", /^<svg [^]*dashed: ideal/);
});

test("without a density it is left out, and the note says why", async () => {
  const { metrics, notes } = await compare(0, undefined);
  assert.equal(Object.keys(metrics), []);
  assert.match(notes.join(), /ideal_map is left out: it compares with a known density/);
});

test.run();
