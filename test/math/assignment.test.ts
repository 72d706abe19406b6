import { test } from "uvu";
import * as assert from "uvu/assert";

import { assignment } from "../../src/math/assignment.ts";
import { createRng } from "../../src/math/rng.ts";
import { saying } from "../saying.ts";

const table = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));

/** Least cost of all n! permutations. */
function bruteForce(cost: Float64Array, n: number, row = 0, taken = 0): number {
  if (row === n) return 0;
  let least = Infinity;
  for (let j = 0; j < n; j++)
    if ((taken & (1 << j)) === 0)
      least = Math.min(
        least,
        (cost[row * n + j] ?? NaN) + bruteForce(cost, n, row + 1, taken | (1 << j)),
      );
  return least;
}

function expectPermutation(columns: Int32Array): void {
  assert.equal(
    [...columns].sort((a, b) => a - b),
    Array.from(columns, (_, i) => i),
  );
}

const draws: Record<string, (seed: number, n: number) => Float64Array> = {
  "normal costs": (seed, n) => createRng(seed).normals(n * n),
  // Ties, and many optimal permutations.
  "costs 0, 1 and 2": (seed, n) => Float64Array.from(createRng(seed).integers(n * n, 3)),
  "equal costs": (_, n) => new Float64Array(n * n).fill(7),
  // Every row's order of columns is nearly the same, so that all want the same ones.
  "costs of columns, and a little noise": (seed, n) => {
    const noise = createRng(seed).normals(n * n);
    return table(n, (i, j) => 100 * j + 1e-3 * (noise[i * n + j] ?? 0));
  },
  "costs with a column and a row far above the others": (seed, n) => {
    const noise = createRng(seed).normals(n * n);
    return table(n, (i, j) => (noise[i * n + j] ?? 0) + (i === 0 ? 1e6 : 0) + (j === 1 ? 1e6 : 0));
  },
};

for (const [name, draw] of Object.entries(draws))
  test(`no permutation costs less than the assignment: ${name}`, () => {
    for (let n = 1; n <= 7; n++)
      for (let seed = 0; seed < 12; seed++) {
        const cost = draw(seed, n);
        const { columns, cost: total } = assignment(cost, n);
        expectPermutation(columns);
        const sum = columns.reduce((s, j, i) => s + (cost[i * n + j] ?? NaN), 0);
        assert.is(total, sum);
        const least = bruteForce(cost, n);
        // Two sums of at most 7 numbers.
        assert.ok(total - least <= 1e-14 * Math.max(1, Math.abs(least)), `${total}, not ${least}`);
      }
  });

test("on a line, the assignment of squared distances is that of sorted rows", () => {
  const n = 200;
  const [a, b] = [
    createRng(1).normals(n),
    createRng(2)
      .normals(n)
      .map((v) => v ** 3),
  ];
  const { columns } = assignment(
    table(n, (i, j) => ((a[i] ?? 0) - (b[j] ?? 0)) ** 2),
    n,
  );
  const byRow = Array.from({ length: n }, (_, i) => i).sort((i, j) => (a[i] ?? 0) - (a[j] ?? 0));
  const partners = byRow.map((i) => b[columns[i] ?? -1]);
  assert.equal(partners, [...b.sort()]);
});

/** Least costs of two kinds of tables by size, by linear_sum_assignment of SciPy 1.18.1. */
const INTEGERS = [
  [30, 1590],
  [100, 1313],
  [300, 1736],
] as const;
const DISTANCES = [
  [30, 153.73517934080547],
  [100, 983.4229725760858],
  [300, 43176.732966965996],
] as const;

test("the cost of large tables is that of another implementation", () => {
  for (const [n, expected] of INTEGERS) {
    const cost = table(n, (i, j) => (i * i * 37 + j * 91 + i * j * 13) % 1009);
    assert.is(assignment(cost, n).cost, expected);
  }
  for (const [n, expected] of DISTANCES) {
    const cost = table(
      n,
      (i, j) =>
        (Math.cos(i * 2.4) * Math.sqrt(i) - (Math.sin(j * 0.7) * j) / 9) ** 2 +
        (Math.sin(i * 2.4) * Math.sqrt(i) - (Math.cos(j * j * 0.3) * j) / 7) ** 2,
    );
    // Sums of a few hundred numbers, and sines of two libraries.
    assert.ok(Math.abs(assignment(cost, n).cost / expected - 1) < 1e-11);
  }
});

test("costs that are not finite, and a table that is not square, are refused", () => {
  for (const bad of [NaN, Infinity])
    assert.throws(
      () => assignment(Float64Array.of(1, 2, bad, 3), 2),
      saying("expected finite costs"),
    );
  assert.throws(() => assignment(Float64Array.of(1, 2, 3), 2), saying("expected the 4 costs"));
});

test.run();
