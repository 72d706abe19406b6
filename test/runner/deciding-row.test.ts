import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRng } from "../../src/math/rng.ts";
import { decidingRow } from "../../src/runner/deciding-row.ts";

const ids = Int32Array.from({ length: 1000 }, (_, i) => 9000 + i);
const rows = (): Float64Array => createRng("rows").normals(1000);

test("a row that outweighs all others is named, with the mean without it", () => {
  const logProb = rows().fill(-2);
  logProb[7] = -1e16;
  assert.is(
    decidingRow("test_nll", logProb, ids),
    "test_nll: row 9007 alone, with −log p of 1.00e+16 nats, moves the mean of 1000 rows from 2 to 1.00e+13 nats",
  );
});

test("what moves the mean by less than five standard errors is the usual scatter", () => {
  // The standard error is 1/√1000 = 0.032: the limit for the row lies near 5 · 32 = 158 nats.
  const logProb = rows();
  logProb[7] = -100;
  assert.is(decidingRow("test_nll", logProb, ids), undefined);
  logProb[7] = -250;
  assert.match(decidingRow("test_nll", logProb, ids) ?? "", /^test_nll: row 9007 alone/);
  logProb[7] = 250;
  assert.is(
    decidingRow("test_nll", logProb, ids),
    undefined,
    "a row that is too likely is no such row",
  );
});

test("nothing is said of rows without a value, which are counted elsewhere, or of too few", () => {
  const logProb = rows();
  logProb[3] = NaN;
  assert.is(decidingRow("test_nll", logProb, ids), undefined);
  assert.is(decidingRow("test_nll", Float64Array.of(-1, -1e9), ids), undefined);
});

test.run();
