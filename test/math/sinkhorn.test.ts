import { test } from "uvu";
import * as assert from "uvu/assert";

import { assignment } from "../../src/math/assignment.ts";
import { createRng } from "../../src/math/rng.ts";
import { drawColumns, sinkhorn } from "../../src/math/sinkhorn.ts";
import { saying } from "../saying.ts";

const N = 40;

/** Squared distances between standard normal rows in the plane and as many around two far points. */
function distances(seed: number): Float64Array {
  const [a, b] = [createRng(seed).normals(2 * N), createRng(seed + 100).normals(2 * N)];
  return Float64Array.from({ length: N * N }, (_, at) => {
    const [i, j] = [Math.floor(at / N), at % N];
    const [x, y] = [(a[2 * i] ?? 0) - (b[2 * j] ?? 0), (a[2 * i + 1] ?? 0) - (b[2 * j + 1] ?? 0)];
    return (x + (j % 2 === 0 ? 3 : -3)) ** 2 + y ** 2;
  });
}

const sums = (plan: Float64Array, rows: boolean): number[] =>
  Array.from({ length: N }, (_, k) =>
    Array.from({ length: N }, (_, l) => plan[rows ? k * N + l : l * N + k] ?? NaN).reduce(
      (sum, mass) => sum + mass,
    ),
  );
const expectOnes = (values: readonly number[], tolerance: number): void => {
  for (const value of values) assert.ok(Math.abs(value - 1) <= tolerance, `${value}`);
};

test("rows of the plan sum to 1, and columns as nearly as asked, at a large and at a tiny ε", () => {
  const cost = distances(1);
  // Costs lie between 0 and about 70: e^(−70/0.05) is no number of float64.
  for (const regularisation of [100, 1, 0.05]) {
    const { plan, error, iterations } = sinkhorn(cost, N, {
      regularisation,
      tolerance: 1e-6,
      maxIterations: 100_000,
    });
    // Sums of 40 numbers.
    expectOnes(sums(plan, true), 1e-13);
    expectOnes(sums(plan, false), 1e-6);
    assert.ok(error <= 1e-6 && iterations > 0 && iterations < 100_000);
  }
});

test("the plan has the form of the minimiser, exp((f_i + g_j − C_ij) / ε)", () => {
  const cost = distances(2);
  const regularisation = 0.7;
  const { plan } = sinkhorn(cost, N, { regularisation, tolerance: 1e-3 });
  const sum = (i: number, j: number): number =>
    regularisation * Math.log(plan[i * N + j] ?? NaN) + (cost[i * N + j] ?? NaN);
  for (let i = 1; i < N; i++)
    for (let j = 1; j < N; j++) {
      const mixed = sum(i, j) - sum(i, 0) - sum(0, j) + sum(0, 0);
      // Four numbers of at most 70.
      assert.ok(Math.abs(mixed) < 1e-12, `${mixed}`);
    }
});

test("two rows and two columns have the plan of the closed form", () => {
  const { plan } = sinkhorn(Float64Array.of(0, 3, 3, 0), 2, { regularisation: 2 });
  const stay = 1 / (1 + Math.exp(-3 / 2));
  [stay, 1 - stay, 1 - stay, stay].forEach((mass, at) => {
    assert.ok(Math.abs((plan[at] ?? NaN) - mass) < 1e-15);
  });
});

test("as ε falls the plan becomes the assignment", () => {
  const cost = distances(3);
  const { columns, cost: least } = assignment(cost, N);
  const excess = [1, 0.3, 0.1, 0.03].map((regularisation) => {
    const { plan } = sinkhorn(cost, N, {
      regularisation,
      tolerance: 1e-6,
      maxIterations: 100_000,
    });
    const total = plan.reduce((sum, mass, at) => sum + mass * (cost[at] ?? NaN), 0);
    // Entropies differ by N ln N at most, and the plan's objective is the least: N ε ln N bounds the excess.
    assert.ok(total - least > -1e-3 && total - least < N * regularisation * Math.log(N));
    return total - least;
  });
  excess.forEach((value, k) => {
    assert.ok(k === 0 || value < (excess[k - 1] ?? 0));
  });
  const sharp = sinkhorn(cost, N, { regularisation: 1e-3, tolerance: 1e-2, maxIterations: 1e5 });
  const likeliest = drawColumns(sharp.plan, N, new Float64Array(N).fill(0.5));
  assert.equal([...likeliest], [...columns]);
});

test("a column is drawn as often as its mass says", () => {
  const plan = Float64Array.of(0.2, 0, 0.8, 0.5, 0.5, 0, 0.3, 0.5, 0.2);
  const draws = 20_000;
  const uniforms = createRng(4).uniforms(3 * draws);
  const counts = new Float64Array(9);
  for (let d = 0; d < draws; d++)
    drawColumns(plan, 3, uniforms.subarray(3 * d, 3 * d + 3)).forEach((j, i) => {
      counts[3 * i + j] = (counts[3 * i + j] ?? 0) + 1;
    });
  plan.forEach((mass, at) => {
    // 4.5 standard deviations of a binomial count.
    const deviation = Math.sqrt(draws * mass * (1 - mass));
    assert.ok(Math.abs((counts[at] ?? NaN) - draws * mass) <= 4.5 * deviation);
  });
});

test("the largest uniform draws a column that has mass, though the row's sum is below it", () => {
  const plan = Float64Array.of(0.9999, 0, 0, 1);
  assert.equal([...drawColumns(plan, 2, [0.99999, 0])], [0, 1]);
});

test("iterations that end too early say how far they came", () => {
  const { plan, error, iterations } = sinkhorn(distances(5), N, {
    regularisation: 0.05,
    tolerance: 1e-9,
    maxIterations: 3,
  });
  assert.is(iterations, 3);
  assert.ok(error > 1e-9);
  const largest = Math.max(...sums(plan, false).map((sum) => Math.abs(sum - 1)));
  assert.ok(Math.abs(error - largest) < 1e-12);
  expectOnes(sums(plan, true), 1e-13);
});

test("a regularisation that is not above 0, and a table that is not square, are refused", () => {
  for (const regularisation of [0, -1, NaN, Infinity])
    assert.throws(
      () => sinkhorn(new Float64Array(4), 2, { regularisation }),
      saying("expected a finite regularisation above 0"),
    );
  assert.throws(
    () => sinkhorn(new Float64Array(3), 2, { regularisation: 1 }),
    saying("expected the 4 costs"),
  );
});

test.run();
