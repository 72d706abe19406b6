import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore } from "../../src/engine/index.ts";
import { gaussLegendre } from "../../src/math/gauss-legendre.ts";
import { ModelError } from "../../src/model.ts";
import { checkDiffusion, diffusionOptions } from "../../src/ode/diffusion-options.ts";
import { pathOf } from "../../src/ode/sde/path.ts";
import { priorMismatch } from "../../src/ode/sde/prior-mismatch.ts";
import { noiseRatioAt, type Sde } from "../../src/ode/sde/sde.ts";
import { subVp } from "../../src/ode/sde/sub-vp.ts";
import { ve } from "../../src/ode/sde/ve.ts";
import { vp } from "../../src/ode/sde/vp.ts";
import { defaultsOf } from "../../src/options.ts";
import { applyTo, rowsOf } from "../flows/helpers.ts";

const betas = { betaMin: 0.1, betaMax: 20 };
const sdes: Readonly<Record<string, Sde>> = {
  vp: vp(betas),
  "sub-vp": subVp(betas),
  ve: ve({ sigmaMin: 0.01, sigmaMax: 50 }),
};
const TIMES = [1e-5, 1e-3, 0.1, 0.37, 0.8, 1] as const;

/** ∫ f from 0 to t; 40 panels of order 12 leave nothing but round-off for these smooth functions. */
const integral = (f: (s: number) => number, t: number): number => {
  const { nodes, weights } = gaussLegendre(0, t, 40);
  return nodes.reduce((sum, s, i) => sum + (weights[i] ?? 0) * f(s), 0);
};
const close = (got: number, expected: number, tolerance: number, what: string): void => {
  assert.ok(
    Math.abs(got - expected) <= tolerance * Math.abs(expected),
    `${what}: ${got} beside ${expected}`,
  );
};

for (const [name, sde] of Object.entries(sdes)) {
  test(`${name}: scale and deviation solve the moment equations of its drift and diffusion`, () => {
    // d ln α = a dt, and σ² = α² (σ₀² + ∫ g²/α²) by variation of constants.
    for (const t of TIMES) {
      const scale = (s: number): number => Math.exp(integral((r) => sde.drift(r), s));
      close(sde.scale(t), scale(t), 1e-13, `scale at ${t}`);
      const grown = integral((s) => sde.diffusion(s) / sde.scale(s) ** 2, t);
      const variance = sde.scale(t) ** 2 * (sde.deviation(0) ** 2 + grown);
      // What is left of 1 − exp(−B) by quadrature at t = 1e-5 has lost a few digits.
      close(sde.deviation(t) ** 2, variance, 1e-11, `variance at ${t}`);
    }
  });

  test(`${name}: the noise ratio of tensors is ln(σ/α), its rate g²/(2σ²)`, async () => {
    const rows = rowsOf([...TIMES], 1);
    const { value, rate } = await applyTo(createStore(), rows, (t) => sde.noiseRatio(t));
    TIMES.forEach((t, i) => {
      // 1e-13 of ln σ = −13.8 and of what round-off of t leaves in β.
      close(value[i] ?? NaN, noiseRatioAt(sde, t), 1e-12, `noise ratio at ${t}`);
      const expected = sde.diffusion(t) / (2 * sde.deviation(t) ** 2);
      close(rate[i] ?? NaN, expected, 1e-12, `rate at ${t}`);
    });
  });

  test(`${name}: divided by their spread, rows have the signal and noise of the path`, async () => {
    const path = pathOf(sde, 1e-5);
    const clocks = TIMES.map((t) => path.clockAt(t));
    assert.ok(Math.abs(clocks[0] ?? 1) < 1e-12 && Math.abs((clocks.at(-1) ?? 0) - 1) < 1e-12);
    const { signal, noise } = await applyTo(createStore(), rowsOf(clocks, 1), (clock) =>
      path.signal(clock),
    );
    TIMES.forEach((t, i) => {
      close(signal[i] ?? NaN, sde.scale(t) / path.spread(t), 1e-12, `signal at ${t}`);
      close(noise[i] ?? NaN, sde.deviation(t) / path.spread(t), 1e-12, `noise at ${t}`);
    });
  });
}

test("VP keeps unit variance, and sub-VP stays below it", () => {
  for (const t of TIMES) {
    close(vp(betas).scale(t) ** 2 + vp(betas).deviation(t) ** 2, 1, 1e-15, "VP variance");
    assert.ok(subVp(betas).deviation(t) < vp(betas).deviation(t));
  }
  close(vp(betas).scale(1), 0.0066, 0.01, "α at t = 1, as SCIENCE has it");
});

/** ln of the density of rows at t = 1 for data at ±a with equal weights, and KL to the prior by quadrature. */
const twoPoints = (sde: Sde, a: number): number => {
  const [m, s, tau] = [sde.scale(1) * a, sde.deviation(1), sde.priorDeviation];
  const normal = (x: number, mean: number, deviation: number): number =>
    Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
  const { nodes, weights } = gaussLegendre(-9 * tau, 9 * tau, 400);
  return nodes.reduce((sum, x, i) => {
    const p = 0.5 * (normal(x, m, s) + normal(x, -m, s));
    return sum + (weights[i] ?? 0) * p * Math.log(p / normal(x, 0, tau));
  }, 0);
};

test("the prior's mismatch is the closed form for normal data, and bounds it for other data", () => {
  // Little noise, so that there is a mismatch to see.
  const weak = [
    vp({ betaMin: 0.1, betaMax: 2 }),
    subVp({ betaMin: 0.1, betaMax: 2 }),
    ve({ sigmaMin: 0.01, sigmaMax: 2 }),
  ];
  for (const sde of weak) {
    const [alpha, sigma, tau] = [sde.scale(1), sde.deviation(1), sde.priorDeviation];
    const [m, v] = [1.3, 0.6];
    const variance = alpha ** 2 * v + sigma ** 2;
    const exact =
      Math.log(tau / Math.sqrt(variance)) + (variance + (alpha * m) ** 2) / (2 * tau ** 2) - 0.5;
    const moments = { mean: Float64Array.of(m), variance: Float64Array.of(v) };
    const { atLeast, atMost } = priorMismatch(sde, moments);
    close(atLeast, exact, 1e-12, "normal data");
    assert.ok(atMost > atLeast);
    const truth = twoPoints(sde, 1.5);
    const bounds = priorMismatch(sde, {
      mean: Float64Array.of(0),
      variance: Float64Array.of(1.5 ** 2),
    });
    assert.ok(
      bounds.atLeast < truth && truth < bounds.atMost,
      `${bounds.atLeast} < ${truth} < ${bounds.atMost}`,
    );
  }
});

test("options that leave no path from data to noise are refused, with the cure", () => {
  const check = (changes: Record<string, unknown>): void => {
    checkDiffusion({ ...defaultsOf(diffusionOptions), ...changes });
  };
  const refused = (changes: Record<string, unknown>, ...words: string[]): void => {
    assert.throws(
      () => {
        check(changes);
      },
      (error: unknown) =>
        error instanceof ModelError && words.every((word) => error.message.includes(word)),
    );
  };
  check({});
  check({ sde: "ve", sigmaMin: 0.1, sigmaMax: 10 });
  refused({ epsilon: 1 }, "epsilon", "got 1", "1e-5");
  refused({ epsilon: 0 }, "epsilon", "got 0");
  refused({ sde: "ve", sigmaMin: 2, sigmaMax: 2 }, "sigmaMin below sigmaMax", "0.01 and 50");
  refused({ betaMin: 20, betaMax: 0.1 }, "betaMin", "20 and 0.1");
  refused({ weighting: "uniform" }, "times=uniform");
});

test.run();
