import { test } from "uvu";
import * as assert from "uvu/assert";
import { linearRegression } from "../../src/math/regression.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";

const table = (width: number, values: Iterable<number>) =>
  makeRows(Float64Array.from(values), [width]);

test("an exact linear relation is found, and nothing is left", () => {
  const x = table(2, createRng(1).normals(40));
  const y = table(
    1,
    Array.from(
      { length: 20 },
      (_, i) => 3 * (x.values[2 * i] ?? 0) - (x.values[2 * i + 1] ?? 0) + 7,
    ),
  );
  const { slope, intercept, residuals } = linearRegression(x, y);
  // Normal equations of well-scaled columns in float64.
  [...slope].forEach((value, k) => {
    assert.ok(Math.abs(value - (k === 0 ? 3 : -1)) < 1e-12);
  });
  assert.ok(Math.abs((intercept[0] ?? NaN) - 7) < 1e-12);
  assert.ok(residuals.values.every((value) => Math.abs(value) < 1e-12));
});

test("what is left is orthogonal to every column, and has mean 0", () => {
  const x = table(3, createRng(2).normals(90));
  const y = table(2, createRng(3).normals(60));
  const { residuals } = linearRegression(x, y);
  for (let j = 0; j < 2; j++)
    for (let k = -1; k < 3; k++) {
      let sum = 0;
      for (let i = 0; i < 30; i++)
        sum += (residuals.values[2 * i + j] ?? NaN) * (k < 0 ? 1 : (x.values[3 * i + k] ?? NaN));
      assert.ok(Math.abs(sum) < 1e-12, `${sum}`);
    }
});

test("one-hot columns, which add up to one, give the means of their groups", () => {
  const x = table(2, [1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
  const { slope, intercept } = linearRegression(x, table(1, [1, 3, 10, 20, 30]));
  const mean = (group: number): number => (intercept[0] ?? NaN) + (slope[group] ?? NaN);
  assert.ok(Math.abs(mean(0) - 2) < 1e-12);
  assert.ok(Math.abs(mean(1) - 20) < 1e-12);
  assert.ok(Math.abs((slope[0] ?? NaN) + (slope[1] ?? NaN)) < 1e-12, "of the smallest norm");
});

test.run();
