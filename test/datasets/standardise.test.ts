import { test } from "uvu";
import * as assert from "uvu/assert";

import {
  fitStandardisation,
  identityStandardisation,
  standardisationFromJSON,
} from "../../src/datasets/standardise.ts";
import type { StandardisationData } from "../../src/datasets/standardise.ts";
import { columnDeviations, columnMeans } from "../../src/math/moments.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";

const units = [1, 1e-3, 250];
const rows = makeRows(
  createRng(1)
    .normals(600)
    .map((e, k) => (units[k % 3] ?? 1) * (e + 5)),
  [3],
);

test("standardised training rows have mean 0 and deviation 1, and come back", () => {
  const fitted = fitStandardisation(rows);
  const standard = fitted.apply(rows);
  // 200 rows: sums of round-off.
  assert.ok(columnMeans(standard).every((value) => Math.abs(value) < 1e-13));
  assert.ok(columnDeviations(standard).every((value) => Math.abs(value - 1) < 1e-13));
  fitted.invert(standard).values.forEach((value, k) => {
    assert.ok(Math.abs(value - (rows.values[k] ?? 0)) < 1e-14 * 10 * (units[k % 3] ?? 1));
  });
});

test("the log-determinant is that of the map: a box of the raw unit volume shrinks by it", () => {
  const fitted = fitStandardisation(rows);
  // Edge j of the unit cube becomes z(x + e_j) − z(x).
  const [origin, corner] = [new Float64Array(3), new Float64Array(3).fill(1)].map(
    (values) => fitted.apply(makeRows(values, [3])).values,
  );
  const logVolume = [0, 1, 2].reduce(
    (sum, j) => sum + Math.log((corner?.[j] ?? 0) - (origin?.[j] ?? 0)),
    0,
  );
  // Differences of numbers near 5 lose a digit.
  assert.ok(Math.abs(fitted.logDetPerRow - logVolume) < 1e-12);
});

test("a saved standardisation maps bit for bit as the fitted one", () => {
  const fitted = fitStandardisation(rows);
  const saved = JSON.parse(JSON.stringify(fitted)) as StandardisationData;
  const loaded = standardisationFromJSON(saved);
  assert.equal(loaded.apply(rows).values, fitted.apply(rows).values);
  assert.is(loaded.logDetPerRow, fitted.logDetPerRow);
  assert.throws(() => standardisationFromJSON({ mean: [0], scale: [0] }), /damaged/);
});

test("the identity changes nothing", () => {
  const identity = identityStandardisation(3);
  assert.equal(identity.apply(rows).values, rows.values);
  assert.is(Math.abs(identity.logDetPerRow), 0);
});

test("a constant column is refused by its name, also where round-off gives it a tiny deviation", () => {
  const constant = makeRows(
    Float64Array.from({ length: 60 }, (_, k) => (k % 2 === 0 ? k : 0.1)),
    [2],
  );
  assert.throws(
    () => fitStandardisation(constant, ["a", "b"]),
    /one value only in b; leave .*dropConstant/,
  );
  assert.throws(() => fitStandardisation(constant), /one value only in 1;/);
});

test("rows of another width are refused", () => {
  const fitted = fitStandardisation(rows);
  assert.throws(
    () => fitted.apply(makeRows(new Float64Array(4), [2])),
    /expected rows of 3 entries/,
  );
});

test.run();
