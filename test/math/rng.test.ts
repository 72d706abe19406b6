import { test } from "uvu";
import * as assert from "uvu/assert";

import { createRng } from "../../src/math/rng.ts";
import { mean } from "../../src/math/statistics.ts";

const N = 100_000;

/** Largest difference between the empirical distribution and `cdf`, times √n (Kolmogorov & Smirnov). */
function kolmogorovSmirnov(draws: Float64Array, cdf: (x: number) => number): number {
  const sorted = draws.slice().sort();
  const distances = sorted.map((x, i) =>
    Math.max((i + 1) / sorted.length - cdf(x), cdf(x) - i / sorted.length),
  );
  return Math.sqrt(sorted.length) * distances.reduce((a, b) => Math.max(a, b), 0);
}

/** √n D exceeds this with probability 2 exp(−2 · 2²) = 7e-4. The seeds are fixed, so the tests never flicker. */
const KS_LIMIT = 2;

/** Standard normal distribution function by Simpson's rule from 0, error below 1e-9 up to |x| = 6. */
function normalCdf(x: number): number {
  const end = Math.min(Math.abs(x), 8);
  const panels = 200;
  const h = end / panels;
  let sum = 0;
  for (let k = 0; k <= panels; k++)
    sum += (k === 0 || k === panels ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(-((k * h) ** 2) / 2);
  const half = (sum * h) / 3 / Math.sqrt(2 * Math.PI);
  return x > 0 ? 0.5 + half : 0.5 - half;
}

test("the same seed gives the same draws, another seed others; 7 and the text 7 are one seed", () => {
  assert.equal(createRng(7).uniforms(10), createRng("7").uniforms(10));
  assert.not.equal(createRng(7).uniforms(10), createRng(8).uniforms(10));
});

test("the streams are pinned: a change of them would change every published number", () => {
  const rng = createRng(0);
  assert.equal([...rng.fork("data").integers(4, 1000)], [340, 100, 512, 678]);
});

test("draws in pieces equal draws at once", () => {
  const whole = createRng(1);
  const pieces = createRng(1);
  assert.equal([...whole.normals(7)], [...pieces.normals(3), ...pieces.normals(4)]);
  assert.equal([...whole.uniforms(5)], [...pieces.uniforms(1), ...pieces.uniforms(4)]);
  // More than the words that are drawn at once, and enough that some of each piece need further ones.
  assert.equal(
    [...whole.fastNormals(5000)],
    [...pieces.fastNormals(1500), ...pieces.fastNormals(3500)],
  );
  assert.equal([...whole.signs(5)], [...pieces.signs(2), ...pieces.signs(3)]);
});

test("a fork depends on parent and label only, and does not advance its parent", () => {
  const rng = createRng(3);
  const before = rng.fork("data").uniforms(5);
  rng.normals(11);
  assert.equal(rng.fork("data").uniforms(5), before);
  const forked = createRng(3);
  forked.fork("split");
  assert.equal(forked.uniforms(5), createRng(3).uniforms(5));
});

test("labels that nearly agree give different streams, at every depth", () => {
  const labels = ["", "a", "a\0", "aa", "aaaa", "aaaa\0", "aaaab", "b", "ab", "ba", "0", "00"];
  const root = createRng(5);
  const streams = labels.flatMap((label) => [root.fork(label), root.fork("a").fork(label)]);
  streams.push(root, createRng("a"));
  const first = streams.map((rng) => rng.uniforms(1)[0]);
  assert.is(new Set(first).size, streams.length);
});

test("uniforms are uniform on [0, 1): moments and Kolmogorov–Smirnov", () => {
  const draws = createRng(11).uniforms(N);
  assert.ok(draws.every((u) => u >= 0 && u < 1));
  // 4 standard errors: sd(u) = 1/√12, sd(u²) = √(4/45).
  assert.ok(Math.abs(mean(draws) - 1 / 2) < 4 / Math.sqrt(12 * N));
  assert.ok(Math.abs(mean(draws.map((u) => u * u)) - 1 / 3) < 4 * Math.sqrt(4 / 45 / N));
  assert.ok(kolmogorovSmirnov(draws, (x) => x) < KS_LIMIT);
});

test("uniforms use all of their 53 bits", () => {
  const lowBits = createRng(12)
    .uniforms(1000)
    .map((u) => (u * 2 ** 53) % 2);
  // A fair coin, 1000 times: 4 standard errors are 4 · 0.5 / √1000.
  assert.ok(Math.abs(mean(lowBits) - 0.5) < 2 / Math.sqrt(1000));
});

for (const method of ["normals", "fastNormals"] as const)
  test(`${method} are standard normal: moments and Kolmogorov–Smirnov`, () => {
    const draws = createRng(13)[method](N);
    // 4 standard errors; the moments' variances are 1, 2, 15 and 96.
    [0, 1, 0, 3].forEach((moment, k) => {
      const limit = 4 * Math.sqrt(([1, 2, 15, 96][k] ?? 0) / N);
      const found = mean(draws.map((x) => x ** (k + 1)));
      assert.ok(Math.abs(found - moment) < limit, `moment ${k + 1}`);
    });
    assert.ok(kolmogorovSmirnov(draws.slice(0, 20_000), normalCdf) < KS_LIMIT);
  });

test("fast normals fill the tail beyond the last box, and the edges of the boxes, as a normal does", () => {
  const draws = createRng(19).fastNormals(2_000_000);
  // 64 cells of equal width on [-4, 4] and the two tails: narrower than the boxes at the centre, and the tail of the
  // ziggurat, beyond 3.44, covers the last five of each side.
  const counts = new Float64Array(66);
  for (const x of draws) {
    const cell = Math.min(65, Math.max(0, Math.floor((x + 4) * 8) + 1));
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const below = (cell: number): number =>
    cell === 0 ? 0 : cell === 66 ? 1 : normalCdf((cell - 1) / 8 - 4);
  const chiSquare = counts.reduce((sum, count, cell) => {
    const expected = draws.length * (below(cell + 1) - below(cell));
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  // χ² with 65 degrees of freedom is above 106 with probability 1e-3.
  assert.ok(chiSquare < 106, `χ² = ${chiSquare}`);
});

test("signs are fair and independent of their neighbours", () => {
  const draws = createRng(20).signs(N);
  assert.ok(draws.every((sign) => Math.abs(sign) === 1));
  // Four standard errors of N fair signs, and of the products of neighbours.
  assert.ok(Math.abs(mean(draws)) < 4 / Math.sqrt(N));
  assert.ok(Math.abs(mean(draws.slice(1).map((x, i) => x * (draws[i] ?? 0)))) < 4 / Math.sqrt(N));
});

for (const method of ["normals", "fastNormals"] as const)
  test(`neighbouring ${method} and neighbouring forks are uncorrelated`, () => {
    const draws = createRng(14)[method](N);
    const root = createRng(14);
    const [one, two] = [root.fork(1)[method](N), root.fork(2)[method](N)];
    // A correlation of n independent pairs has the standard error 1/√n. Squares, too: x and |x| come from other bits.
    const correlation = (a: Float64Array, b: Float64Array): number =>
      mean(a.map((x, i) => x * (b[i] ?? 0)));
    const squares = (draws: Float64Array): Float64Array =>
      draws.map((x) => (x * x - 1) / Math.SQRT2);
    for (const of of [(draws: Float64Array) => draws, squares]) {
      const limit = 4 / Math.sqrt(N);
      assert.ok(Math.abs(correlation(of(draws.slice(1)), of(draws.slice(0, -1)))) < limit);
      assert.ok(Math.abs(correlation(of(one), of(two))) < limit);
    }
  });

test("first draws of many forks are uniform among themselves", () => {
  const root = createRng(15);
  const first = Float64Array.from({ length: 20_000 }, (_, i) => root.fork(i).uniforms(1)[0] ?? NaN);
  assert.ok(kolmogorovSmirnov(first, (x) => x) < KS_LIMIT);
});

test("integers are equally likely, also where the bound is no power of two", () => {
  const counts = new Float64Array(7);
  for (const value of createRng(16).integers(N, 7)) counts[value] = (counts[value] ?? 0) + 1;
  const chiSquare = counts.reduce((sum, c) => sum + (c - N / 7) ** 2 / (N / 7), 0);
  // χ² with 6 degrees of freedom is above 22.5 with probability 1e-3.
  assert.ok(chiSquare < 22.5, `χ² = ${chiSquare}`);
});

test("integers below 3 · 2²⁹ have no modulo bias", () => {
  // Word % bound without rejection would make the lowest 2³⁰ values three times as likely as 1/3 more of them:
  // 2³² = 2 · (3 · 2²⁹) + 2³⁰, so P(value < 2³⁰) would be 3/4 instead of 2/3.
  const low = Float64Array.from(createRng(17).integers(20_000, 3 * 2 ** 29), (v) => +(v < 2 ** 30));
  assert.ok(Math.abs(mean(low) - 2 / 3) < 4 * Math.sqrt(2 / 9 / 20_000));
});

test("permutations hold every number once, and all orders are equally likely", () => {
  const rng = createRng(18);
  assert.equal([...rng.permutation(50).sort()], [...Array(50).keys()]);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = rng.permutation(3).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.is(counts.size, 6);
  // χ² with 5 degrees of freedom is above 20.5 with probability 1e-3.
  assert.ok([...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0) < 20.5);
});

test("streams of one generator differ", () => {
  const rng = createRng(21);
  const [slow, fast, signs] = [rng.normals(N), rng.fastNormals(N), rng.signs(N)];
  for (const [a, b] of [
    [slow, fast],
    [slow, signs],
    [fast, signs],
  ] as const)
    assert.ok(Math.abs(mean(a.map((x, i) => x * (b[i] ?? 0)))) < 4 / Math.sqrt(N));
});

test("impossible requests say what was expected", () => {
  assert.throws(() => createRng(0).normals(-1), /expected a whole number of draws/);
  assert.throws(() => createRng(0).integers(1, 0), /expected a bound in 1\.\.2147483648/);
});

test.run();
