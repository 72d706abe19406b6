import { test } from "uvu";
import * as assert from "uvu/assert";

import { computeMetrics } from "../../../src/evaluation/metrics/compute-metrics.ts";
import { coverage } from "../../../src/evaluation/metrics/coverage.ts";
import { binsFor, rankHistograms } from "../../../src/evaluation/metrics/rank-histograms.ts";
import { sbc } from "../../../src/evaluation/metrics/sbc.ts";
import {
  cumulativeCounts,
  ecdfBand,
  histogramBand,
} from "../../../src/evaluation/metrics/uniform-band.ts";
import {
  binShares,
  rankCounts,
  rankEcdf,
  uniformRanks,
} from "../../../src/evaluation/metrics/uniform-ranks.ts";
import { normalCdf } from "../../../src/math/normal-cdf.ts";
import { createRng } from "../../../src/math/rng.ts";
import { DIM, posteriorModel, settings, type Given } from "./posterior-model.ts";

const rng = createRng("calibration");
const judge = async (model: Given, seed = "judge") => {
  const { metrics: found, ...rest } = await computeMetrics(
    [sbc, coverage],
    model,
    settings,
    rng.fork(seed),
  );
  const [ranks, covered] = [found["sbc"], found["coverage"]];
  if (!ranks || !covered) throw new Error("a metric is missing");
  return { ranks, covered, ...rest };
};

test("the exact posterior is calibrated: its numbers are what luck gives, and no p-value is small", async () => {
  const { ranks, covered, arrays } = await judge(posteriorModel({}));
  // The larger of two such deviations is 0.9586/√n on average (8,000 simulations with NumPy); 500 of them tell it to
  // 0.0003.
  assert.ok(Math.abs(Number(ranks.floor) - 0.9586 / Math.sqrt(1000)) < 0.0012, String(ranks.floor));
  assert.ok(Number(ranks.value) < 2 * Number(ranks.floor), String(ranks.value));
  assert.ok(Number(ranks["pValue"]) > 0.01, String(ranks["pValue"]));
  // A Brownian bridge's mean of |B| is √(2/π) π/8 = 0.3133.
  assert.ok(
    Math.abs(Number(covered.floor) - 0.3133 / Math.sqrt(1000)) < 0.001,
    String(covered.floor),
  );
  // The mean of a bridge has the deviation 1/√12; 4 of it.
  assert.ok(Math.abs(Number(covered["bias"])) < 4 / Math.sqrt(12 * 1000), String(covered["bias"]));
  assert.equal(arrays["sbc-ranks"]?.shape, [1000, DIM]);
  assert.equal(arrays["coverage-curve"]?.shape, [99, 2]);
});

test("draws off by one deviation show in the ranks of that entry: by 2Φ(½) − 1, towards small ranks", async () => {
  const { ranks, arrays } = await judge(posteriorModel({ off: 1 }));
  const expected = 2 * normalCdf(0.5) - 1;
  // An ECDF of 1,000 ranks scatters by 0.016 at its middle.
  assert.ok(Math.abs(Number(ranks.value) - expected) < 4 * 0.016, String(ranks.value));
  assert.ok(Number(ranks.stderr) > 0.01 && Number(ranks.stderr) < 0.02, String(ranks.stderr));
  assert.ok(Number(ranks["pValue"]) < 0.01);
  const [first, second] = ranks["parameters"] as readonly { name: string; pValue: number }[];
  assert.ok(first?.name === "theta1" && first.pValue < 0.01 && (second?.pValue ?? 0) > 0.01);
  // Draws are too large, so few of them are smaller than the truth: the mean rank is 99 (1 − Φ(1/√2)) = 23.7.
  const values = arrays["sbc-ranks"]?.values ?? [];
  let sum = 0;
  for (let k = 0; k < values.length; k += DIM) sum += values[k] ?? 0;
  assert.ok(Math.abs(sum / 1000 - 99 * (1 - normalCdf(Math.SQRT1_2))) < 3, String(sum / 1000));
});

test("coverage of Gaussians that are too narrow or too wide is the closed form, with the sign of the bias", async () => {
  for (const wider of [0.5, 1.7]) {
    const { covered, arrays } = await judge(posteriorModel({ wider }));
    // In two dimensions the region of level q has the radius √(−2 ln(1 − q)) w, and holds 1 − (1 − q)^(w²) of the
    // posterior: on average over levels w²/(w² + 1), against one half.
    const bias = wider ** 2 / (wider ** 2 + 1) - 0.5;
    assert.ok(Math.abs(Number(covered["bias"]) - bias) < 4 / Math.sqrt(12 * 1000));
    assert.ok(Math.abs(Number(covered.value) - Math.abs(bias)) < 0.03, String(covered.value));
    assert.ok(Math.abs(Number(covered.value) - Math.abs(bias)) < 4 * Number(covered.stderr));
    const curve = arrays["coverage-curve"]?.values ?? [];
    const [level = NaN, share = NaN] = [curve[2 * 49], curve[2 * 49 + 1]];
    assert.is(level, 0.5);
    assert.ok(Math.abs(share - (1 - 0.5 ** (wider ** 2))) < 4 * 0.016, String(share));
  }
});

test("coverage is the same whether the sampler or the likelihood tells log p of the draws", async () => {
  const [one, other] = await Promise.all(
    [true, false].map((knowsLogProb) => judge(posteriorModel({ knowsLogProb }))),
  );
  assert.equal(one?.covered, other?.covered);
});

test("of uniform ranks 95 % stay inside of the band everywhere, and p-values are uniform", () => {
  const [rows, draws] = [200, 39];
  const bands = {
    histogram: { band: histogramBand(rows, draws, 10, rng.fork("h")), bins: 10 },
    ecdf: { band: ecdfBand(rows, draws, rng.fork("e")), bins: 0 },
  };
  const stream = rng.fork("fresh");
  for (const [name, { band, bins }] of Object.entries(bands)) {
    let inside = 0;
    let small = 0;
    for (let i = 0; i < 1000; i++) {
      const ranks = uniformRanks(rows, draws, stream);
      const counts = bins > 0 ? rankCounts(ranks, bins) : cumulativeCounts(ranks);
      if (counts.every((c, k) => c >= (band.low[k] ?? 0) && c <= (band.high[k] ?? 0))) inside++;
      if (band.pValue(counts) < 0.2) small++;
    }
    // Both simulations scatter by 0.007, and counts are whole, which makes the band a little wider.
    assert.ok(inside > 920 && inside < 985, `${name}: ${inside}`);
    // 0.2 ± 0.018 by both simulations, fewer by ties.
    assert.ok(small > 110 && small < 270, `${name}: ${small}`);
  }
});

test("limits and p-value of one binomial count are the textbook's, alike on both sides", () => {
  // Ranks 0 and 1 of 20 rows: the number of zeros is Binomial(20, ½), P(6 ≤ B ≤ 14) = 0.9586, P(7 ≤ B ≤ 13) = 0.8847.
  const band = ecdfBand(20, 1, rng.fork("coin"));
  assert.equal([band.low[0], band.high[0]], [6, 14]);
  const p = (count: number) => band.pValue(Int32Array.of(count));
  assert.is(p(14), p(6));
  // P(B ≤ 6 or B ≥ 14) = 0.1153, by 1,000 simulations to 0.01.
  assert.ok(Math.abs(p(14) - 0.1153) < 0.04, String(p(14)));
  assert.is(p(10), 1);
});

test("ECDF and counts of ranks are theirs", () => {
  const ranks = { values: Int32Array.of(0, 0, 1, 3), draws: 3 };
  assert.equal([...rankEcdf(ranks)], [0.5, 0.75, 0.75]);
  assert.equal([...cumulativeCounts(ranks)], [2, 3, 3]);
  assert.equal([...rankCounts(ranks, 4)], [2, 1, 0, 1]);
  assert.equal([...rankCounts(ranks, 2)], [3, 1]);
});

test("a histogram's bins divide the ranks evenly if they can, and are not more than its rows can fill", () => {
  assert.is(binsFor(300, 99), 20);
  assert.is(binsFor(100, 99), 10);
  assert.is(binsFor(60, 99), 5);
  assert.is(binsFor(1000, 12), 13);
  assert.is(binsFor(5, 99), 1);
  // 101 ranks have no divisor.
  assert.is(binsFor(300, 100), 20);
});

test("bins of a prime number of ranks differ by one rank, and their limits by what that asks for", () => {
  assert.equal(
    binShares(10, 3).map((share) => Math.round(11 * share)),
    [4, 4, 3],
  );
  const band = histogramBand(1100, 10, 3, rng.fork("uneven"));
  // 400 ± 2.4 · 16 and 300 ± 2.4 · 15 ranks.
  [400, 400, 300].forEach((expected, bin) => {
    const [low, high] = [band.low[bin] ?? NaN, band.high[bin] ?? NaN];
    assert.ok(expected - 55 < low && low < expected - 20, `${bin}: ${low}`);
    assert.ok(expected + 20 < high && high < expected + 55, `${bin}: ${high}`);
  });
});

test("calibrated ranks are inside the band, also where few of them leave a single bin", () => {
  for (const [rows, draws] of [
    [300, 100],
    [15, 99],
  ] as const) {
    const ranks = {
      draws,
      values: Int32Array.from({ length: rows }, (_, i) => (7 * i) % (draws + 1)),
    };
    const svg = rankHistograms([ranks], ["x"], rng.fork("prime"));
    assert.is(svg.includes("outside the band"), false, `${rows} among ${draws}`);
    assert.is(svg.includes("NaN"), false);
  }
});

test("the coverage curve of a narrow model leaves the band, downwards", async () => {
  const { figures } = await judge(posteriorModel({ wider: 0.5 }));
  const svg = figures["coverage-curve"] ?? "";
  const points = (nth: number) =>
    (svg.match(/ d="M([^"]*)"/g)?.[nth] ?? "")
      .replace(/ d="M|"/g, "")
      .split("L")
      .map((point) => point.split(" ").map(Number));
  const [band, , curve] = [points(0), points(1), points(2)];
  // Ends and 99 levels: the band goes there along its upper limit and back along its lower one.
  assert.equal([band.length, curve.length], [202, 101]);
  // The y axis points down.
  const [upper, lower, own] = [band[50]?.[1], band[201 - 50]?.[1], curve[50]?.[1]];
  assert.ok(Number(upper) < Number(lower) && Number(own) > Number(lower), svg.slice(0, 300));
  assert.is(svg.includes("NaN"), false);
});

test("the figure has a panel for each entry, marks those outside and escapes names", async () => {
  const model = { ...posteriorModel({ off: 1 }), columns: ["a<b", "fine"] };
  const { figures } = await judge(model);
  const svg = figures["sbc-ranks"] ?? "";
  assert.match(svg, /^<svg /);
  assert.match(svg, "a&lt;b (outside the band)");
  assert.match(svg, ">fine<");
  // 20 bars in each of the two panels, and the ground.
  assert.is(svg.split("<rect").length - 1, 2 * 20 + 1);
  // In each the band, the expected heights and the axis.
  assert.is(svg.split("<path").length - 1, 2 * 3);
  assert.is(svg.includes("NaN"), false);
});

test.run();
