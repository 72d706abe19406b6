import { test } from "uvu";
import * as assert from "uvu/assert";

import { optimalAffine } from "../../../src/flows/optimal-affine.ts";
import { turn } from "../../../src/flows/whitening/covariance-blocks.ts";
import { gaussianDecay } from "../../../src/flows/whitening/gaussian-decay.ts";
import { mixCovariance } from "../../../src/flows/whitening/mix-covariance.ts";
import { mixingMatrix, WHITENING_MIXINGS } from "../../../src/flows/whitening/mixing-matrices.ts";
import {
  gaussianNonStandardness,
  optimalLayer,
} from "../../../src/flows/whitening/optimal-layer.ts";
import { optimalMap } from "../../../src/flows/whitening/optimal-map.ts";
import { localRate } from "../../../src/flows/whitening/whitening-rates.ts";
import { klDecay } from "../../../src/evaluation/kl-decay.ts";
import { slogdet } from "../../../src/math/slogdet.ts";
import { createRng } from "../../../src/math/rng.ts";
import { mean, standardError } from "../../../src/math/statistics.ts";
import { symmetricEigenvalues } from "../../../src/math/symmetric-eigenvalues.ts";
import { ModelError, type Model } from "../../../src/model.ts";
import { defaultsOf } from "../../../src/options.ts";
import { saying } from "../../saying.ts";

const DIM = 6;
const diagonal = (values: readonly number[]): Float64Array =>
  Float64Array.from({ length: values.length ** 2 }, (_, k) =>
    k % (values.length + 1) === 0 ? (values[k / (values.length + 1)] ?? 0) : 0,
  );
const SPECTRUM = [0.05, 0.2, 0.5, 0.75, 1.5, 3];
const SIGMA = mixCovariance("rotation", diagonal(SPECTRUM), DIM, createRng("axes"));

const multiply = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((_, k) => {
    const [i, j] = [Math.floor(k / DIM), k % DIM];
    return Array.from(
      { length: DIM },
      (_, m) => (a[i * DIM + m] ?? 0) * (b[m * DIM + j] ?? 0),
    ).reduce((sum, value) => sum + value, 0);
  });

const build = (options: Readonly<Record<string, unknown>>, dim = DIM): Model =>
  optimalAffine.build({
    options: { ...defaultsOf(optimalAffine.options), ...options },
    shape: [dim],
    contextSize: 0,
    rng: createRng(1),
  });

for (const kind of WHITENING_MIXINGS)
  test(`${kind} keeps the eigenvalues, as a covariance and as a matrix`, () => {
    const found = symmetricEigenvalues(mixCovariance(kind, SIGMA, DIM, createRng(2)), DIM);
    const matrix = mixingMatrix(kind, DIM, createRng(2));
    const turned = symmetricEigenvalues(matrix ? turn(SIGMA, matrix, DIM) : SIGMA, DIM);
    // Round-off of some hundred operations on numbers of at most 3.
    SPECTRUM.forEach((value, i) => {
      assert.ok(Math.abs((found[i] ?? NaN) - value) < 1e-13);
      assert.ok(Math.abs((turned[i] ?? NaN) - value) < 1e-13);
    });
  });

test("turning at random is Haar: second and fourth moments of an entry of the turned axis, D = 3", () => {
  const start = diagonal([1, 0, 0]);
  const rng = createRng(3);
  // Entry (0, 0) of Q e₁ e₁ᵀ Qᵀ is the square of a coordinate of a uniform direction; with (1, 1), (2, 2) and beside the diagonal.
  const draws = Array.from({ length: 20_000 }, () => mixCovariance("rotation", start, 3, rng));
  for (const at of [0, 4, 8]) {
    const squares = Float64Array.from(draws, (d) => d[at] ?? NaN);
    // E u² = 1/3, E u⁴ = 3/15. Five standard errors; the seed is fixed.
    assert.ok(Math.abs(mean(squares) - 1 / 3) < 5 * standardError(squares));
    const fourth = squares.map((value) => value * value);
    assert.ok(Math.abs(mean(fourth) - 1 / 5) < 5 * standardError(fourth));
  }
  const products = Float64Array.from(draws, (d) => (d[1] ?? NaN) ** 2);
  assert.ok(Math.abs(mean(products) - 1 / 15) < 5 * standardError(products));
});

test("the map of a layer carries the covariance to what the closed form says, and back", () => {
  for (const passiveRescale of [true, false]) {
    const shape = { dim: DIM, active: 2, passiveRescale };
    const mixing = mixingMatrix("rotation", DIM, createRng(4));
    const map = optimalMap(SIGMA, shape, mixing);
    const expected = optimalLayer(mixing ? turn(SIGMA, mixing, DIM) : SIGMA, shape);
    turn(SIGMA, map.forward, DIM).forEach((value, k) => {
      assert.ok(Math.abs(value - (expected.sigma[k] ?? NaN)) < 1e-12);
    });
    multiply(map.forward, map.backward).forEach((value, k) => {
      assert.ok(Math.abs(value - +(k % (DIM + 1) === 0)) < 1e-12);
    });
    assert.ok(Math.abs(slogdet(map.forward, DIM).logAbs - map.logDet) < 1e-12);
  }
});

test("the fitted flow whitens its training rows as the closed form says for their covariance", async () => {
  const normals = createRng(5).normals(4000 * DIM);
  const values = normals.map((_, k) => {
    const [row, j] = [k - (k % DIM), k % DIM];
    let sum = 1;
    for (let i = 0; i <= j; i++) sum += (0.3 + (i === j ? 1 : 0)) * (normals[row + i] ?? 0);
    return sum;
  });
  const rows = { count: 4000, shape: [DIM], values };
  const model = build({ layers: 3 });
  model.fit?.(rows);
  const layers = await klDecay({
    ...{ model, rows, reference: { kind: "last" }, engine: { precision: "float64" } },
  });
  // Of the training rows themselves the last covariance has a unit diagonal, and S falls in each layer.
  const s = (layers ?? []).map(({ nonStandardness }) => nonStandardness);
  assert.is(s.length, 4);
  s.slice(1).forEach((value, i) => {
    assert.ok(value < (s[i] ?? NaN));
  });
});

test("layers on a Gaussian: mean ratios near the local rate, below the bounds, errors over the draws", () => {
  const start = diagonal([0.9, 1.1, 0.95, 1.05, 0.98, 1.02]);
  const layers = build({ layers: 2, repeats: 2000 }).layersOnGaussian?.({
    ...{ mean: new Float64Array(DIM), covariance: start },
  });
  const [data, first, second] = layers ?? [];
  assert.ok(Math.abs((data?.kl ?? NaN) - gaussianNonStandardness(start, DIM)) < 1e-15);
  // All draws begin at the same covariance; round-off of their mean.
  assert.ok((data?.klStderr ?? NaN) < 1e-15);
  for (const layer of [first, second]) {
    const { ratio = NaN, ratioStderr = NaN, kl = NaN, localRate: rate = NaN } = layer ?? {};
    assert.is(rate, localRate({ dim: DIM, active: 3 }));
    // Four standard errors, and third-order terms of deviations of 0.1.
    assert.ok(
      Math.abs(ratio - rate) < 4 * ratioStderr + 0.01,
      `${ratio} ± ${ratioStderr}, ${rate}`,
    );
    assert.ok(ratioStderr < 0.02);
    assert.ok(kl < (layer?.spectrumBound ?? NaN) && kl < (layer?.lossBound ?? NaN));
  }
});

test("the mean of the data counts in the first stage only, and bounds are left out where the trace is not D", () => {
  const layers = gaussianDecay({
    ...{ sigma: diagonal([1, 2, 1, 2, 1, 2]), ofMean: 7, layers: 2, mixing: "rotation" },
    ...{ shape: { dim: DIM, active: 3, passiveRescale: false }, repeats: 3, rng: createRng(6) },
  });
  const [data, first] = layers;
  assert.ok((data?.kl ?? 0) > 7 && (first?.kl ?? 9) < 1);
  for (const layer of layers) assert.is(layer.lossBound, undefined);
});

test("impossible sizes and singular rows say what was expected, and the rank", () => {
  assert.throws(() => build({ active: 6 }), saying("expected active in 1..5 at D = 6, got 6"));
  const rows = { count: 50, shape: [DIM], values: createRng(7).normals(50 * DIM) };
  rows.values.forEach((_, k) => {
    if (k % DIM === 5) rows.values[k] = (rows.values[k - 1] ?? 0) + (rows.values[k - 2] ?? 0);
  });
  const model = build({ layers: 1 });
  assert.throws(() => model.fit?.(rows), saying("rank 5"));
  assert.throws(
    () => model.fit?.(rows),
    (error: unknown) => error instanceof ModelError,
  );
});

test.run();
