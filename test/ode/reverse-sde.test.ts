import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf } from "../../src/engine/index.ts";
import { makeRows } from "../../src/math/rows.ts";
import { pathOf, type Path } from "../../src/ode/sde/path.ts";
import type { Sde } from "../../src/ode/sde/sde.ts";
import { subVp } from "../../src/ode/sde/sub-vp.ts";
import { ve } from "../../src/ode/sde/ve.ts";
import { vp } from "../../src/ode/sde/vp.ts";
import { reverseSde, type ReverseOptions } from "../../src/ode/samplers/reverse-sde.ts";
import { applyTo } from "../flows/helpers.ts";
import {
  COVARIANCE,
  EIGENVALUES,
  gaussianNetwork,
  inEigenbasis,
  MEAN,
} from "./gaussian-denoiser.ts";

const betas = { betaMin: 0.1, betaMax: 20 };
const sdes: Readonly<Record<string, Sde>> = {
  vp: vp(betas),
  "sub-vp": subVp(betas),
  ve: ve({ sigmaMin: 0.01, sigmaMax: 50 }),
};
const EULER: ReverseOptions = { steps: 64, corrections: 0, signalToNoise: 0.16 };

const samplerOf = (path: Path, options: ReverseOptions) =>
  reverseSde({ path, network: gaussianNetwork(path, "v"), parameterisation: "v" }, 2, options);

interface Gaussian {
  readonly mean: readonly number[];
  /** [2, 2], row-major. */
  readonly covariance: readonly number[];
}

/**
 * What the sampler draws from when the score is linear: x = c + M z, so that the samples for z = 0 and for the unit vectors
 * give its mean c and covariance M Mᵀ without chance.
 */
async function drawnFrom(
  sde: Sde,
  options: ReverseOptions,
  scale = 1,
): Promise<Gaussian & { readonly matrix: readonly number[] }> {
  const sampler = samplerOf(pathOf(sde, 1e-5), options);
  const { size } = sampler.noise;
  const values = new Float64Array((size + 1) * size);
  for (let k = 0; k < size; k++) values[(k + 1) * size + k] = 1;
  const { x } = await applyTo(createStore(), makeRows(values, [size]), (z) => ({
    x: sampler.sample(z, { mode: "evaluate", temperature: tf.scalar(scale) }).x,
  }));
  const mean = [...x.subarray(0, 2)];
  const matrix = Array.from(x.subarray(2), (value, k) => value - (mean[k % 2] ?? NaN));
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < matrix.length; k += 2) sum += (matrix[k + i] ?? 0) * (matrix[k + j] ?? 0);
    return sum;
  };
  return { mean, matrix, covariance: [product(0, 0), product(0, 1), product(1, 0), product(1, 1)] };
}

const distance = (one: Gaussian, mean: readonly number[], covariance: readonly number[]): number =>
  Math.hypot(
    ...one.mean.map((value, i) => value - (mean[i] ?? NaN)),
    ...one.covariance.map((value, i) => value - (covariance[i] ?? NaN)),
  );

/** Mean and covariance after Euler–Maruyama steps of dx = (a x − g² ∇ log p_t) dt + g dw̄, axis by axis. */
function recursion(sde: Sde, steps: number): Gaussian {
  const [c, s] = [Math.cos(0.6), Math.sin(0.6)];
  const centre = [c * MEAN[0] + s * MEAN[1], -s * MEAN[0] + c * MEAN[1]];
  const step = (1 - 1e-5) / steps;
  const axes = EIGENVALUES.map((lambda, axis) => {
    let [mean, variance] = [0, sde.priorDeviation ** 2];
    for (let i = 0; i < steps; i++) {
      const t = 1 - i * step;
      const [alpha, g2] = [sde.scale(t), sde.diffusion(t)];
      // ∇ log p = −(x − α m)/(α² λ + σ²)
      const pull = (g2 * step) / (alpha ** 2 * lambda + sde.deviation(t) ** 2);
      const factor = 1 - sde.drift(t) * step - pull;
      mean = factor * mean + pull * alpha * (centre[axis] ?? NaN);
      variance = factor ** 2 * variance + (i < steps - 1 ? g2 * step : 0);
    }
    return { mean, variance };
  });
  const [one, other] = axes.map(({ mean }) => mean) as [number, number];
  return {
    mean: [c * one - s * other, s * one + c * other],
    covariance: inEigenbasis(axes.map(({ variance }) => variance)),
  };
}

for (const [name, sde] of Object.entries(sdes)) {
  test(`${name}: Euler–Maruyama makes the moments of its own recursion`, async () => {
    const { mean, covariance } = recursion(sde, 40);
    const found = await drawnFrom(sde, { ...EULER, steps: 40 });
    // Round-off of sums that start 50 wide with VE.
    assert.ok(distance(found, mean, covariance) < 1e-10);
  });

  test(`${name}: half the step halves what Euler–Maruyama misses of the Gaussian's moments`, async () => {
    const missed: number[] = [];
    for (const steps of [64, 128, 256])
      missed.push(distance(await drawnFrom(sde, { ...EULER, steps }), MEAN, COVARIANCE));
    const [first = NaN, second = NaN, third = NaN] = missed;
    assert.ok(third < 0.05, `misses ${third}`);
    // The first order shows from above: with VE, whose start is forgotten, the second one is still the larger part.
    const most = name === "ve" ? 4.2 : 2.6;
    for (const ratio of [first / second, second / third])
      assert.ok(ratio > 1.6 && ratio < most, `misses ${missed.join(", ")}`);
  });

  test(`${name}: with Langevin steps too, finer steps lead to the Gaussian`, async () => {
    const options = { ...EULER, corrections: 2 };
    const missed = async (steps: number): Promise<number> =>
      distance(await drawnFrom(sde, { ...options, steps }), MEAN, COVARIANCE);
    const [coarse, fine] = [await missed(64), await missed(192)];
    assert.ok(coarse < 0.03 && fine < 0.6 * coarse, `${coarse}, ${fine}`);
    // Coarse Euler steps of VE miss less than the Langevin steps themselves do.
    const plain = distance(await drawnFrom(sde, EULER), MEAN, COVARIANCE);
    assert.ok(name === "ve" || coarse < plain, `${plain}, ${coarse}`);
  });
}

test("temperature 0 is deterministic and keeps the mean; half of it halves the deviation", async () => {
  const options = { ...EULER, corrections: 1 };
  const sde = vp(betas);
  const whole = await drawnFrom(sde, options);
  const none = await drawnFrom(sde, options, 0);
  const half = await drawnFrom(sde, options, 0.5);
  assert.ok(none.matrix.every((value) => value === 0));
  // The drift of a Gaussian is affine, so that its noise does not move the mean.
  assert.ok(distance(none, whole.mean, [0, 0, 0, 0]) < 1e-14);
  const quarter = whole.covariance.map((value) => value / 4);
  assert.ok(distance(half, whole.mean, quarter) < 1e-14);
});

test("every number of the noise is used but that of the last step", async () => {
  const { matrix } = await drawnFrom(vp(betas), { ...EULER, steps: 5, corrections: 1 });
  const size = 2 * (1 + 5 * 2);
  assert.is(matrix.length, 2 * size);
  for (let k = 0; k < size; k++) {
    const moves = matrix[2 * k] !== 0 || matrix[2 * k + 1] !== 0;
    // Draw 0 is the start; draws 2i + 1 belong to the steps, draws 2i + 2 to their corrections.
    assert.is(moves, Math.floor(k / 2) !== 9, `number ${k}`);
  }
});

test.run();
