import { existsSync } from "node:fs";
import { join } from "node:path";

import { test } from "uvu";
import * as assert from "uvu/assert";

import { gaussianLinear } from "../../src/datasets/sbi-gaussian-linear.ts";
import { sbiTwoMoons } from "../../src/datasets/sbi-two-moons.ts";
import type { Simulator } from "../../src/datasets/simulator.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean, standardError } from "../../src/math/statistics.ts";
import { loadFile } from "./load-file.ts";

const root =
  process.env["FLOWMETER_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");
const rng = createRng("sbi tests");
const draw = (simulator: Simulator, count: number, seed: string) => {
  const theta = simulator.samplePrior(count, rng.fork(seed).fork("prior"));
  return { theta, x: simulator.simulate(theta, count, rng.fork(seed).fork("x")) };
};

/** Mean of −log p(θ|x) over draws of both, with its standard error: the conditional entropy if the posterior is right. */
function conditionalEntropy(simulator: Simulator, count: number) {
  const { theta, x } = draw(simulator, count, "entropy");
  const terms = simulator.logPosterior(theta, x, count).map((value) => -value);
  return { value: mean(terms), stderr: standardError(terms), largest: Math.max(...terms) };
}

/**
 * ∫ p(θ|x) dθ by the midpoint rule. The grid stands askew to the density's sharp edges, which are parallel to the axes
 * and to the diagonals, so that the errors of cells that an edge cuts average out.
 */
function posteriorMass(x: readonly [number, number], step: number): number {
  const [cos, sin] = [Math.cos(0.4), Math.sin(0.4)];
  const points = Math.ceil((2 * Math.SQRT2) / step);
  const count = points * points;
  const theta = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const u = (Math.floor(i / points) + 0.5 - points / 2) * step;
    const v = ((i % points) + 0.5 - points / 2) * step;
    theta[2 * i] = cos * u - sin * v;
    theta[2 * i + 1] = sin * u + cos * v;
  }
  const given = new Float64Array(2 * count).map((_, k) => x[k % 2] ?? NaN);
  const density = sbiTwoMoons.logPosterior(theta, given, count);
  return density.reduce((sum, value) => sum + Math.exp(value), 0) * step * step;
}

test("the two-moons posterior integrates to one, also where the prior's edge or the fold cuts a moon", () => {
  const observations: readonly (readonly [number, number])[] = [
    [0, 0],
    [-0.6, 0.3],
    // θ₁ + θ₂ near zero: the moons meet there and part of each is cut off.
    [0.3, 0.1],
    // Near the corner θ = (−1, 1) and near the corner (1, 1) of the prior's square.
    [0.25, 1.4],
    [-1, 0.02],
  ];
  for (const x of observations) {
    const mass = posteriorMass(x, 0.004);
    // A cell that an edge cuts is off by up to half of itself, at random: measured 1e-3 at most.
    assert.ok(Math.abs(mass - 1) < 2e-3, `x = (${x.join(", ")}): ${mass}`);
  }
});

test("an unabridged two-moons posterior has the entropy that its two parts add up to", () => {
  // ln 2 for the choice of the moon, ½ ln 2πe σ² for r, ln π for α and E ln r for the turn to the plane; the last by
  // a series in σ/m, ln m − σ²/2m² − 3σ⁴/4m⁴, whose next term is 2.5e-6.
  const [m, sd] = [0.1, 0.01];
  const meanLogRadius = Math.log(m) - sd ** 2 / (2 * m ** 2) - (3 * sd ** 4) / (4 * m ** 4);
  const whole =
    Math.LN2 + 0.5 * Math.log(2 * Math.PI * Math.E * sd ** 2) + Math.log(Math.PI) + meanLogRadius;
  // The reference draws of sbibm have this entropy.
  assert.ok(Math.abs(whole + 3.656) < 5e-4, String(whole));
  const { theta, x } = draw(sbiTwoMoons, 20_000, "whole");
  const inside = Array.from({ length: 20_000 }, (_, i) => i).filter((i) => {
    const [a = 1, b = 1] = theta.subarray(2 * i, 2 * i + 2);
    return Math.abs(a + b) > 0.6 && Math.abs(a) < 0.7 && Math.abs(b) < 0.7;
  });
  const pick = (values: Float64Array) =>
    Float64Array.from(inside.flatMap((i) => [...values.subarray(2 * i, 2 * i + 2)]));
  const terms = sbiTwoMoons
    .logPosterior(pick(theta), pick(x), inside.length)
    .map((value) => -value);
  assert.ok(inside.length > 1000);
  assert.ok(Math.abs(mean(terms) - whole) < 4 * standardError(terms), String(mean(terms)));
});

test("every draw of θ has a posterior density, and the mean of −log p over all is below the uncut one", () => {
  const { value, stderr, largest } = conditionalEntropy(sbiTwoMoons, 5000);
  // A cut posterior is narrower.
  assert.ok(value + 4 * stderr < -3.656 + 0.05 && value > -3.9, String(value));
  // p < e⁻²⁰ would be a draw where the density says there is none: some five deviations of r.
  assert.ok(largest < 20, String(largest));
});

test("Bayes' rule holds: p(θ|x) / p(θ'|x) = p(θ) p(x|θ) / (p(θ') p(x|θ')) for the Gaussian", () => {
  const simulator = gaussianLinear(3, 0.2, 0.05);
  const { theta, x } = draw(simulator, 2, "bayes");
  const same = Float64Array.from([...x.subarray(0, 3), ...x.subarray(0, 3)]);
  const [one = NaN, two = NaN] = simulator.logPosterior(theta, same, 2);
  const likelihood = (at: number) =>
    -[0, 1, 2].reduce((sum, j) => sum + ((x[j] ?? NaN) - (theta[at + j] ?? NaN)) ** 2, 0) / 0.1;
  const expected =
    simulator.logPrior(theta, 0) + likelihood(0) - simulator.logPrior(theta, 3) - likelihood(3);
  assert.ok(Math.abs(one - two - expected) < 1e-12);
});

test("the Gaussian posterior has the entropy of sbibm's references, and draws average to it", () => {
  const { value, stderr } = conditionalEntropy(gaussianLinear(10, 0.1, 0.1), 4000);
  // 5 ln(2πe · 0.05), stated as −0.7893.
  assert.ok(Math.abs(5 * Math.log(2 * Math.PI * Math.E * 0.05) + 0.7893) < 5e-5);
  assert.ok(Math.abs(value + 0.7893) < 4 * stderr, String(value));
});

/** Posterior draws of sbibm for an observation. */
const reference = async (name: string) => {
  const { train } = await loadFile({
    path: join(root, "sbi", `${name}.csv.gz`),
    split: [0.9999, 0, 0.0001],
    shuffle: false,
  });
  return train;
};

const present = existsSync(join(root, "sbi", "two-moons-1.csv.gz"));
if (!present)
  console.log("sbi.test: no reference draws under FLOWMETER_DATA, two tests are skipped");

if (present)
  test("sbibm's two-moons draws have our posterior's density, at the observation that they tell", async () => {
    for (const observation of [1, 2, 3]) {
      const { count, values } = await reference(`two-moons-${observation}`);
      const turned = Array.from({ length: count }, (_, i) => {
        const [a = NaN, b = NaN] = values.subarray(2 * i, 2 * i + 2);
        return [Math.abs(a + b) / Math.SQRT2, (b - a) / Math.SQRT2] as const;
      });
      // E v = (0.1 · 2/π, 0).
      const x = [
        0.2 / Math.PI + 0.25 - mean(turned.map(([a]) => a)),
        mean(turned.map(([, b]) => b)),
      ];
      const given = Float64Array.from({ length: 2 * count }, (_, k) => x[k % 2] ?? NaN);
      const terms = sbiTwoMoons.logPosterior(values, given, count).map((value) => -value);
      // x is off by up to 0.07/√10⁴, some .07 sd of the ring, which costs half of its square and little more.
      const limit = 4 * standardError(terms) + 0.01;
      assert.ok(Math.abs(mean(terms) + 3.656) < limit, `${observation}: ${mean(terms)}`);
    }
  });

if (present)
  test("sbibm's gaussian-linear draws have our posterior's density", async () => {
    const { count, values } = await reference("gaussian-linear-1");
    const x = Array.from(
      { length: 10 },
      (_, j) => 2 * mean(Array.from({ length: count }, (_, i) => values[10 * i + j] ?? NaN)),
    );
    const given = Float64Array.from({ length: 10 * count }, (_, k) => x[k % 10] ?? NaN);
    const terms = gaussianLinear(10, 0.1, 0.1).logPosterior(values, given, count);
    // The mean is fitted to the draws, which costs 10/(2 · 10⁴).
    assert.ok(
      Math.abs(mean(terms) - 0.7893) < 4 * standardError(terms) + 5e-4,
      String(mean(terms)),
    );
  });

test.run();
