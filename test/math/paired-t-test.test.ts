import { test } from "uvu";
import * as assert from "uvu/assert";
import { holm } from "../../src/math/holm.ts";
import { pairedTTest, twoSidedP } from "../../src/math/paired-t-test.ts";
import { createRng } from "../../src/math/rng.ts";

const near = (actual: number | undefined, expected: number, tolerance = 1e-12): void => {
  const off = Math.abs((actual ?? NaN) - expected);
  assert.ok(off <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);
};

test("p of 1 and 2 degrees of freedom has its closed form", () => {
  for (const t of [0.1, 1, -2.5, 12, 300]) {
    // 1 − (2/π) atan|t|, written so that nothing cancels far out.
    near(twoSidedP(t, 1), (2 / Math.PI) * Math.atan(1 / Math.abs(t)));
    const root = Math.sqrt(2 + t * t);
    near(twoSidedP(t, 2), 2 / (root * (root + Math.abs(t))));
  }
  assert.is(twoSidedP(0, 5), 1);
  assert.is(twoSidedP(Infinity, 5), 0);
  assert.ok(Number.isNaN(twoSidedP(1, 0)));
});

test("p of other degrees of freedom is that of scipy.stats.t", () => {
  near(twoSidedP(2.5, 4), 0.06676654481198814);
  near(twoSidedP(10, 9), 3.578237431924736e-6);
  near(twoSidedP(0.3, 3), 0.783763292039919);
  // With thousands of degrees of freedom cephes keeps 11 digits.
  near(twoSidedP(5, 4000), 5.978759174046786e-7, 1e-10);
});

test("the paired test of Student's sleep data is the published one", () => {
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  const found = pairedTTest(first.map((x, i) => x - (second[i] ?? NaN)));
  near(found?.difference, -1.58);
  // t = −4.0621, df = 9, p = 0.002833: R's t.test(extra ~ group, sleep, paired = TRUE), to its digits.
  near((found?.difference ?? NaN) / (found?.stderr ?? NaN), -4.0621, 1e-5);
  near(found?.p, 0.002833, 2e-4);
  assert.is(found?.df, 9);
});

test("where all clusters are equally large the test is that on their means", () => {
  const values = createRng(3).normals(12);
  const clusters = Int32Array.from({ length: 12 }, (_, i) => i % 4);
  const means = [0, 1, 2, 3].map(
    (c) => ((values[c] ?? NaN) + (values[c + 4] ?? NaN) + (values[c + 8] ?? NaN)) / 3,
  );
  const [clustered, ofMeans] = [pairedTTest(values, clusters), pairedTTest(means)];
  near(clustered?.difference, ofMeans?.difference ?? NaN);
  near(clustered?.stderr, ofMeans?.stderr ?? NaN);
  near(clustered?.p, ofMeans?.p ?? NaN, 1e-10);
  assert.equal([clustered?.df, clustered?.pairs], [3, 12]);
});

test("rows that are seen several times count once", () => {
  const values = createRng(4).normals(20);
  const twice = Float64Array.from({ length: 40 }, (_, i) => values[i % 20] ?? NaN);
  const ids = Int32Array.from({ length: 40 }, (_, i) => i % 20);
  const once = pairedTTest(values)?.stderr ?? NaN;
  near(pairedTTest(twice, ids)?.stderr, once);
  // As if they were forty rows: s²(19/39)·2/40 instead of s²/20.
  near(pairedTTest(twice)?.stderr, once * Math.sqrt(19 / 39));
});

test("differences that are all 0 say nothing, equal ones everything, one or a missing one cannot be tested", () => {
  assert.equal([pairedTTest([0, 0, 0])?.p, pairedTTest([0, 0, 0])?.stderr], [1, 0]);
  assert.is(pairedTTest([2, 2, 2])?.p, 0);
  assert.is(pairedTTest([1]), undefined);
  assert.is(pairedTTest([]), undefined);
  assert.is(pairedTTest([1, NaN]), undefined);
  assert.is(pairedTTest([1, 2, 3], [7, 7, 7]), undefined);
});

test("a difference that has most of the squares is told", () => {
  const one = new Float64Array(100);
  one[3] = 1;
  // Residuals: 0.99 once, 0.01 else.
  near(pairedTTest(one)?.largestShare, 0.99 ** 2 / (0.99 ** 2 + 99 * 0.01 ** 2));
});

test("Holm's correction steps down, in the order of its argument", () => {
  const same = (actual: readonly number[], expected: readonly number[]): void => {
    assert.is(actual.length, expected.length);
    actual.forEach((p, i) => {
      near(p, expected[i] ?? NaN);
    });
  };
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  same(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  same(holm([0.6, 0.5]), [1, 1]);
  same(holm([0.02, 0.02, 0.5]), [0.06, 0.06, 0.5]);
  assert.equal(holm([]), []);
});

test.run();
