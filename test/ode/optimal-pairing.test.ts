import { test } from "uvu";
import * as assert from "uvu/assert";

import { createRng } from "../../src/math/rng.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import { pairedNoise } from "../../src/ode/optimal-pairing.ts";
import { saying } from "../saying.ts";

const normals = (seed: number, count: number): Float64Array => createRng(seed).normals(count);
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

const meanSquare = (rows: Rows, noise: Float64Array): number =>
  noise.reduce((sum, z, k) => sum + (z - (rows.values[k] ?? NaN)) ** 2, 0) / rows.count;

/** Numbers of the rows in the order of their values. */
const order = (values: Float64Array): number[] =>
  Array.from(values, (_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));

test("on a line the pairs are those of sorted rows and sorted noise", () => {
  const rows = makeRows(
    normals(1, 100).map((v) => v ** 3),
    [1],
  );
  const noise = normals(2, 100);
  const paired = pairedNoise(rows, noise);
  assert.equal(sorted(paired), sorted(noise));
  assert.equal(order(paired), order(rows.values));
});

test("images are paired as flat rows, and no exchange of two partners brings them nearer", () => {
  const rows = makeRows(normals(3, 30 * 12), [2, 2, 3]);
  const paired = pairedNoise(rows, normals(4, 30 * 12));
  const distance = (i: number, j: number): number => {
    let sum = 0;
    for (let d = 0; d < 12; d++)
      sum += ((rows.values[i * 12 + d] ?? 0) - (paired[j * 12 + d] ?? 0)) ** 2;
    return sum;
  };
  for (let i = 0; i < 30; i++)
    for (let j = 0; j < i; j++)
      // Round-off of sums of 12 squares.
      assert.ok(distance(i, i) + distance(j, j) < distance(i, j) + distance(j, i) + 1e-12);
});

test("the spread of the targets falls below that of independent pairs, which is E‖x‖² + D", () => {
  const rows = makeRows(normals(5, 1000), [2]);
  const noise = normals(6, 1000);
  // E‖x − z‖² = 4, with a standard error of 0.18 for 500 rows; both densities are the same, so that the optimum is near 0.
  assert.ok(Math.abs(meanSquare(rows, noise) - 4) < 0.8);
  assert.ok(meanSquare(rows, pairedNoise(rows, noise)) < 0.1);
});

test("noise stays with its condition: each condition keeps the very noise that was drawn for it", () => {
  const count = 60;
  const labels = Float64Array.from(createRng(7).integers(count, 3));
  // Rows lie where their condition says, so that pairs across conditions would be much nearer.
  const rows = makeRows(
    normals(8, count).map((v, i) => 0.1 * v + (labels[i] ?? 0) - 1),
    [1],
  );
  const noise = normals(9, count);
  const paired = pairedNoise(rows, noise, { context: makeRows(labels, [1]) });
  for (const label of [0, 1, 2]) {
    const of = (values: Float64Array): Float64Array => values.filter((_, i) => labels[i] === label);
    assert.equal(sorted(of(paired)), sorted(of(noise)));
    assert.equal(order(of(paired)), order(of(rows.values)));
  }
});

test("a condition that never occurs twice leaves the noise as it is", () => {
  const noise = normals(10, 40);
  const context = makeRows(normals(11, 40), [2]);
  assert.equal([...pairedNoise(makeRows(normals(12, 40), [2]), noise, { context })], [...noise]);
});

test("large batches draw partners from a plan that is nearly the best one, by the uniforms given", () => {
  const [count, exactUpTo] = [500, 100];
  const rows = makeRows(normals(13, count), [1]);
  const noise = normals(14, count);
  const uniforms = createRng(15).uniforms(count);
  const paired = pairedNoise(rows, noise, { uniforms, exactUpTo });
  const known = new Set(noise);
  assert.ok(paired.every((z) => known.has(z)));
  // ε is 0.04 here, and exp(−(x − z)²/ε) has the variance ε/2, which comes on top of the least distance. Independent pairs
  // have 2.
  const excess = meanSquare(rows, paired) - meanSquare(rows, pairedNoise(rows, noise));
  assert.ok(excess > 0.01 && excess < 0.03, `${excess}`);
  // Drawn with replacement, but from all of the noise: mean and variance 0 and 1 within 5 standard errors.
  const mean = paired.reduce((sum, z) => sum + z, 0) / count;
  const square = paired.reduce((sum, z) => sum + z * z, 0) / count;
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(count));
  assert.ok(Math.abs(square - 1) < 5 * Math.sqrt(2 / count));
  const others = pairedNoise(rows, noise, { uniforms: uniforms.map((u) => 1 - u), exactUpTo });
  assert.not.equal([...others], [...paired]);
  assert.throws(
    () => pairedNoise(rows, noise, { exactUpTo }),
    saying("expected a uniform for each"),
  );
});

test("noise of another size than the rows is refused", () => {
  assert.throws(
    () => pairedNoise(makeRows(normals(1, 4), [2]), normals(2, 6)),
    saying("expected noise like the rows, 4 numbers, got 6"),
  );
});

test.run();
