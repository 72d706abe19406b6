import { test } from "uvu";
import * as assert from "uvu/assert";
import { boundMap, type Bounds } from "../../src/datasets/bounds.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import { loadPreprocessing, type StoredPreprocessing } from "../../src/runner/preprocessing.ts";
import { put } from "../datasets/load-file.ts";
import { metric, perform, refusal } from "./perform.ts";

const N = 500;
/** Beta(2, 3): the second smallest of four uniforms. Log-normal: e^z. */
function table(): string {
  const rng = createRng("bounded");
  const u = rng.uniforms(4 * N);
  const z = rng.normals(N);
  const lines = Array.from({ length: N }, (_, i) => {
    const [, beta = 0] = u.slice(4 * i, 4 * i + 4).sort();
    const logNormal = Math.exp(0.5 * (z[i] ?? 0) + beta - 1);
    return `${5 * beta - 1},${logNormal},${3 - logNormal}`;
  });
  return `beta,up,down\n${lines.join("\n")}\n`;
}
const path = put("bounded.csv", table());
const run = (columns: string, bounds: string, ...more: string[]) =>
  perform([
    ...["family=gaussian", "data=file", `data.path=${path}`, `data.columns=[${columns}]`],
    ...[`data.bounds=${bounds}`, ...more],
  ]);
type Run = Awaited<ReturnType<typeof run>>;

/** Test NLL of a Gaussian fitted to y = f(x) on the training rows, written in another way than the product's. */
function expectedNll({ dataset }: Run, f: (x: number) => number, logSlope: (x: number) => number) {
  const y = Array.from(dataset.train.values, f);
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
  const variance = y.reduce((sum, v) => sum + v * v, 0) / y.length - mean * mean;
  const terms = Array.from(
    dataset.test.values,
    (x) =>
      (0.5 * (f(x) - mean) ** 2) / variance + 0.5 * Math.log(2 * Math.PI * variance) - logSlope(x),
  );
  return terms.reduce((sum, v) => sum + v, 0) / terms.length;
}
// Evaluated in float64; the expected variance is a difference of squares that loses up to three digits of sixteen.
const TOLERANCE = 1e-6;

test("the NLL through a logit is that of the logit-normal density", async () => {
  const beta = await run("beta", "{beta: [-1, 4]}");
  const odds = (x: number): number => (x + 1) / (4 - x);
  const nll = expectedNll(
    beta,
    (x) => Math.log(odds(x)),
    (x) => Math.log(1 / (x + 1) + 1 / (4 - x)),
  );
  assert.ok(Math.abs(metric(beta, "test_nll") - nll) < TOLERANCE);
});

test("the NLL through a logarithm is that of the log-normal density, from either side", async () => {
  const up = await run("up", "{up: [0, null]}");
  const nll = expectedNll(up, Math.log, (x) => -Math.log(x));
  assert.ok(Math.abs(metric(up, "test_nll") - nll) < TOLERANCE);
  const down = await run("down", "{down: [null, 3]}");
  assert.ok(Math.abs(metric(down, "test_nll") - nll) < TOLERANCE, "the mirror image");
  const shifted = await run("up", "{up: [-2, null]}", "data.standardise=true");
  const wide = expectedNll(
    shifted,
    (x) => Math.log(x + 2),
    (x) => -Math.log(x + 2),
  );
  assert.ok(Math.abs(metric(shifted, "test_nll") - wide) < TOLERANCE);
});

test("the NLL through the inverse of softplus has its slope", async () => {
  const up = await run("up", "{up: [0, null]}", "data.halfLine=softplus");
  const inverse = (x: number): number => Math.log(Math.exp(x) - 1);
  const nll = expectedNll(up, inverse, (x) => x - Math.log(Math.exp(x) - 1));
  assert.ok(Math.abs(metric(up, "test_nll") - nll) < TOLERANCE);
});

test("standardising after the map changes nothing, and the standardised NLL is that of the raw columns", async () => {
  const [plain, scaled] = await Promise.all(
    ["false", "true"].map((on) =>
      run("beta,up", "{beta: [-1, 4], up: [0, null]}", `data.standardise=${on}`),
    ),
  );
  if (!plain || !scaled) throw new Error("no run");
  assert.ok(Math.abs(metric(plain, "test_nll") - metric(scaled, "test_nll")) < 1e-9);
  const sd = (column: number): number => {
    const x = [...plain.dataset.train.values].filter((_, k) => k % 2 === column);
    const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
    return Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  };
  for (const one of [plain, scaled]) {
    const difference = metric(one, "test_nll") - metric(one, "test_nll_standardised");
    assert.ok(Math.abs(difference - Math.log(sd(0)) - Math.log(sd(1))) < 1e-9);
  }
});

test("the density integrates to one over the bounded support", async () => {
  const { flow } = await run("beta,up", "{beta: [-1, 4], up: [0, null]}");
  // The tail beyond 12 is ten deviations of the logarithm away; midpoints of 0.0125 × 0.03 are far below any width.
  const side = 400;
  const [width, height] = [5 / side, 12 / side];
  const grid = Array.from({ length: side * side }, (_, k) => [
    -1 + (Math.floor(k / side) + 0.5) * width,
    ((k % side) + 0.5) * height,
  ]);
  const { value } = await flow.logProb(grid);
  const mass = value.reduce((sum, logP) => sum + Math.exp(logP), 0) * width * height;
  assert.ok(Math.abs(mass - 1) < 1e-3, String(mass));
});

test("draws lie inside, however far out the latent", async () => {
  const { flow } = await run("beta,up", "{beta: [-1, 4], up: [0.01, null]}");
  const { values } = await flow.sample(2000, { temperature: 500 });
  values.forEach((x, k) => {
    if (k % 2 === 0) assert.ok(x > -1 && x < 4, String(x));
    else assert.ok(x > 0.01 && x < Infinity, String(x));
  });
  // Both ends are reached as near as doubles allow.
  assert.is(Math.max(...values.filter((_, k) => k % 2 === 0)), 4 - 2 ** -51);
  assert.is(Math.min(...values.filter((_, k) => k % 2 === 1)), 0.01 + 2 ** -59);
});

test("maps undo each other, and their slopes are those of differences", () => {
  const pairs: Bounds[] = [
    [0, 1],
    [-3, 1e6],
    [2, null],
    [null, -5],
    [null, null],
  ];
  const raw = (y: number[]): Rows => makeRows(Float64Array.from(y), [5]);
  for (const halfLine of ["log", "softplus"] as const) {
    const map = boundMap({ pairs, halfLine }, ["a", "b", "c", "d", "e"]);
    for (const t of [-20, -3, -0.1, 0, 1, 8, 20]) {
      const x = map.invert(raw([t, t, t, t, t]));
      const y = map.apply(x, "tried");
      // Near a bound that is not 0 the place itself has few digits left: 2 + e⁻²⁰ knows e⁻²⁰ to 1e-7.
      y.values.forEach((value) => {
        assert.ok(
          Math.abs(value - t) < 1e-6 * Math.exp(Math.abs(t) / 4),
          `${halfLine} ${t}: ${value}`,
        );
      });
    }
    const at = map.invert(raw([0.3, -0.4, 1.1, 0.7, 2]));
    const step = 1e-6;
    const slopes = pairs.map((_, j) => {
      const moved = (sign: number) =>
        map.apply(
          makeRows(
            at.values.map((x, k) => (k === j ? x + sign * step : x)),
            [5],
          ),
          "tried",
        );
      return ((moved(1).values[j] ?? NaN) - (moved(-1).values[j] ?? NaN)) / (2 * step);
    });
    const logDet = slopes.reduce((sum, slope) => sum + Math.log(slope), 0);
    // Central differences of step 1e-6 are good to 1e-8 relative, but for the column whose slope is 1e-6: 1e-4.
    assert.ok(Math.abs((map.logDet(at)[0] ?? NaN) - logDet) < 1e-3, halfLine);
  }
});

test("saved and loaded, bounds and scales are the same to the last bit", async () => {
  const { preprocessing, dataset } = await run(
    "beta,up",
    "{beta: [-1, 4], up: [0, null]}",
    "data.standardise=true",
  );
  const stored = JSON.parse(JSON.stringify(preprocessing)) as StoredPreprocessing;
  const loaded = loadPreprocessing(stored);
  assert.equal(loaded.apply(dataset.test), preprocessing.apply(dataset.test));
  assert.equal(loaded.logDet(dataset.test), preprocessing.logDet(dataset.test));
});

test("rows outside or on a bound, and bounds that make no sense, are refused with cause and cure", async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      "beta",
      "{beta: [0, 4]}",
      /column "beta", training row \d+: expected a value inside of the open bounds \(0, 4\), got -0\.\d+; widen data\.bounds/,
    ],
    ["up", "[null, 0.5]", /column "up", .*\(-inf, 0\.5\)/],
    [
      "beta",
      "{bta: [0, 4]}",
      /expected a column that is modelled, got "bta"\. Did you mean "beta"\?/,
    ],
    ["beta", "{beta: [4, 0]}", /low < high for "beta".*got \[4,0\]/],
    ["beta", "{beta: [null, null]}", /got \[null,null\]/],
    ["beta", "[1]", /data\.bounds: expected a pair \[low, high\]/],
    ["beta", "{beta: [nan, 4]}", /data\.bounds: expected a pair/],
  ];
  for (const [columns, bounds, message] of cases)
    assert.match(await refusal(() => run(columns, bounds)), message);
  const onBound = put("on.csv", "a\n1\n2\n0\n3\n4\n5\n6\n7\n8\n9\n");
  const edge = ["family=gaussian", "data=file", `data.path=${onBound}`, "data.bounds=[0, null]"];
  assert.match(await refusal(() => perform(edge)), /column "a", .*got 0; /);
  const { flow } = await run("beta", "{beta: [-1, 4]}");
  assert.match(await refusal(() => flow.logProb([[0], [5]])), /given row 1: .*\(-1, 4\), got 5/);
});

test.run();
