import { test } from "uvu";
import * as assert from "uvu/assert";

import { checkerboard } from "../../src/datasets/checkerboard.ts";
import { circles } from "../../src/datasets/circles.ts";
import { copies } from "../../src/datasets/copies.ts";
import { eightGaussians } from "../../src/datasets/eight-gaussians.ts";
import { gaussianMixture } from "../../src/datasets/gaussian-mixture.ts";
import { gaussian } from "../../src/datasets/gaussian.ts";
import { pinwheel, pinwheelEntropy } from "../../src/datasets/pinwheel.ts";
import { rings } from "../../src/datasets/rings.ts";
import type { Distribution } from "../../src/datasets/synthetic.ts";
import { twoMoons } from "../../src/datasets/two-moons.ts";
import { spiralEntropy, twoSpirals } from "../../src/datasets/two-spirals.ts";
import { haarRotation } from "../../src/math/haar-rotation.ts";
import { createRng } from "../../src/math/rng.ts";
import { mean, standardError } from "../../src/math/statistics.ts";

const random = createRng("synthetic tests");
const planar: Readonly<Record<string, Distribution>> = {
  "two-moons": twoMoons(0.1),
  "two-moons, noise 0.3": twoMoons(0.3),
  "eight-gaussians": eightGaussians(4 / 1.414, 0.5 / 1.414),
  "eight-gaussians that overlap": eightGaussians(1, 0.5),
  checkerboard,
  pinwheel,
  "two-spirals": twoSpirals(0.1),
  circles: circles(0.24),
  rings: rings(0.08),
  gaussian: gaussian(Float64Array.of(0.9, 0.2), haarRotation(2, random.fork("axes"))),
  "gaussian-mixture": gaussianMixture(Float64Array.of(0, 0, 1, 2, -1, 1.5), 2, 0.6),
};
const distributions: Readonly<Record<string, Distribution>> = {
  ...planar,
  "gaussian in 5-D": gaussian(
    Float64Array.of(2, 1, 0.5, 0.1, 0.01),
    haarRotation(5, random.fork("axes 5")),
  ),
  "copies of two-moons in 4-D": copies(twoMoons(0.1), 2),
  "copies of two-moons in 4-D, turned": copies(
    twoMoons(0.1),
    2,
    haarRotation(4, random.fork("copies")),
  ),
  "gaussian-mixture in 4-D": gaussianMixture(random.fork("centres").normals(12), 4, 0.7),
};
const DRAWS = 4000;

/** −log p of fresh draws. */
function surprises(distribution: Distribution, seed: string): Float64Array {
  const values = distribution.sample(DRAWS, random.fork(seed));
  return new Float64Array(DRAWS).map(
    (_, i) => -distribution.logDensity(values, i * distribution.dim),
  );
}

test("the entropies are those that SCIENCE.md states, to its four decimals", () => {
  const stated: readonly (readonly [Distribution, number])[] = [
    [checkerboard, Math.log(32)],
    [eightGaussians(4 / 1.414, 0.5 / 1.414), 2.8319],
    [eightGaussians(2, 0.1), 0.3121],
    [twoSpirals(0.1), 2.6455],
    [circles(0.24), 3.2681],
    [twoMoons(0.1), 1.0076],
    [twoMoons(0.05), 0.2892],
  ];
  for (const [{ entropy }, value] of stated)
    // Half a unit of the last digit, and round-off: 2.64545 is stated as 2.6455.
    assert.ok(Math.abs(entropy.value - value) < 5.1e-5, `${entropy.value} is not ${value}`);
});

/**
 * p of each planar set at the midpoints of a grid over [−5, 5]², square by square: 20 × 20 cells of side ½, in each
 * 6 × 6 points. The midpoint rule's error is exp(−2π² sd² / step²) = 1e-8 for the smallest sd, 0.08, and none on the
 * board, whose squares the grid fills exactly.
 */
const [CELLS, SIDE, POINTS] = [20, 0.5, 6];
const cellMasses = new Map<string, Float64Array>();
for (const [name, { logDensity }] of Object.entries(planar)) {
  const point = new Float64Array(2);
  const masses = new Float64Array(CELLS * CELLS).map((_, cell) => {
    let mass = 0;
    for (let k = 0; k < POINTS * POINTS; k++) {
      const [dx, dy] = [(k % POINTS) + 0.5, Math.floor(k / POINTS) + 0.5];
      point[0] = SIDE * (Math.floor(cell / CELLS) - CELLS / 2 + dx / POINTS);
      point[1] = SIDE * ((cell % CELLS) - CELLS / 2 + dy / POINTS);
      mass += Math.exp(logDensity(point, 0)) * (SIDE / POINTS) ** 2;
    }
    return mass;
  });
  cellMasses.set(name, masses);
}

test("every planar density integrates to one", () => {
  for (const [name, masses] of cellMasses) {
    const mass = CELLS * CELLS * mean(masses);
    // 1e-6 of the mass may lie outside; the pinwheel's caustics cost some 1e-5.
    assert.ok(Math.abs(mass - 1) < 5e-5, `${name}: ${mass}`);
  }
});

test("the mean of −log p over draws is the entropy, within 4 standard errors", () => {
  for (const [name, distribution] of Object.entries(distributions)) {
    const values = surprises(distribution, name);
    const { value, stderr } = distribution.entropy;
    // The checkerboard's −log p is one number: only round-off is left.
    const limit = 4 * Math.hypot(standardError(values), stderr) + 1e-12;
    assert.ok(Math.abs(mean(values) - value) < limit, `${name}: ${mean(values)} is not ${value}`);
  }
});

test("draws follow the density: they fall into cells as often as it says", () => {
  for (const [name, masses] of cellMasses) {
    const counts = new Float64Array(CELLS * CELLS);
    const values = planar[name]?.sample(DRAWS, random.fork(`${name} cells`)) ?? new Float64Array(0);
    for (let i = 0; i < DRAWS; i++) {
      const [a = 0, b = 0] = [...values.subarray(2 * i, 2 * i + 2)].map(
        (x) => Math.floor(x / SIDE) + CELLS / 2,
      );
      counts[a * CELLS + b] = (counts[a * CELLS + b] ?? 0) + 1;
    }
    const filled = [...masses.keys()].filter((cell) => DRAWS * (masses[cell] ?? 0) > 5);
    const chiSquare = filled.reduce((sum, cell) => {
      const expected = DRAWS * (masses[cell] ?? 0);
      return sum + ((counts[cell] ?? 0) - expected) ** 2 / expected;
    }, 0);
    assert.ok(filled.length >= 8, `${name} has only ${filled.length} cells with draws`);
    // χ² has mean f and variance 2f; 4 standard deviations.
    const limit = filled.length + 4 * Math.sqrt(2 * filled.length);
    assert.ok(chiSquare < limit, `${name}: χ² ${chiSquare} of ${filled.length}`);
  }
});

test("log p keeps its digits far out, where p underflows", () => {
  const far = Float64Array.of(100, 30);
  for (const [name, { logDensity }] of Object.entries(planar)) {
    const value = logDensity(far, 0);
    if (name === "checkerboard") assert.is(value, -Infinity);
    // Noise of sd 0.08 to 1.3 and 100 away: between 50² and 1500² over 2.
    else assert.ok(value < -1000 && value > -5e6, `${name}: ${value}`);
  }
});

test("the entropies that stand as numbers are what their quadrature gives and what draws average to", () => {
  // Stated to 8 and 6 digits. The spirals' is computed as it was, which guards against drift only; the pinwheel's at a
  // coarser step. The independent check of both is the mean over draws.
  const spirals = twoSpirals(0.1);
  assert.ok(Math.abs(spiralEntropy(spirals.logDensity, 0.1).value - spirals.entropy.value) < 1e-6);
  assert.ok(Math.abs(pinwheelEntropy(0.4).value - pinwheel.entropy.value) < 1e-5);
  for (const [name, distribution] of Object.entries({ spirals, pinwheel })) {
    const values = surprises(distribution, `${name} once more`);
    assert.ok(
      Math.abs(mean(values) - distribution.entropy.value) < 4 * standardError(values),
      `${name}: ${mean(values)}`,
    );
  }
});

test("an entropy by Monte Carlo states its error, and one component needs none", () => {
  const { entropy } = gaussianMixture(Float64Array.of(0, 0, 1, 2, -1, 1.5), 2, 0.6);
  assert.match(entropy.method, "Monte Carlo");
  assert.ok(entropy.stderr > 0 && entropy.stderr < 0.01);
  const single = gaussianMixture(Float64Array.of(3, 4), 2, 2).entropy;
  assert.equal(single, {
    value: Math.log(2 * Math.PI * Math.E * 4),
    stderr: 0,
    method: "closed form",
  });
});

test.run();
