import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore } from "../../src/engine/index.ts";
import { actnorm } from "../../src/flows/actnorm.ts";
import { applyTo, largest, rowsOf } from "./helpers.ts";

const rows = rowsOf([1, 10, 0, 3, 30, 0, 5, 80, 0], 3);

test("after its start the first rows have mean 0 and deviation 1, a constant column deviation 0", async () => {
  const store = createStore();
  const layer = actnorm(3, store);
  const { z, logDet } = await applyTo(store, rows, (x) => layer.encode(x, { mode: "initialise" }));
  const column = (j: number): number[] => [0, 1, 2].map((i) => z[3 * i + j] ?? NaN);
  for (const j of [0, 1]) {
    assert.ok(Math.abs(column(j).reduce((a, b) => a + b)) < 1e-12);
    assert.ok(Math.abs(column(j).reduce((sum, v) => sum + v * v, 0) / 3 - 1) < 1e-12);
  }
  // The floor of 1e-3 keeps the constant column finite; as a constant of the program it is a float32.
  assert.is(largest(column(2)), 0);
  const deviations = [Math.sqrt(8 / 3), Math.sqrt((900 + 100 + 1600) / 3), 1e-3];
  const expected = -deviations.reduce((sum, sd) => sum + Math.log(sd), 0);
  assert.ok(Math.abs((logDet[0] ?? 0) - expected) < 1e-3, `${logDet[0] ?? NaN} ${expected}`);
});

test.run();
