import { test } from "uvu";
import * as assert from "uvu/assert";
import { float32Notes } from "../../src/datasets/float32-steps.ts";
import { columnDeviations } from "../../src/math/moments.ts";
import { createRng } from "../../src/math/rng.ts";
import { makeRows } from "../../src/math/rows.ts";

/** Distance of neighbours in float32 from 8,192 to 16,384. */
const STEP = 2 ** -10;

/** Columns about 10,000 whose deviations are so many steps. */
function table(...steps: number[]) {
  const draws = createRng(3).normals(20_000 * steps.length);
  const values = draws.map((value, k) => 1e4 + (steps[k % steps.length] ?? 0) * STEP * value);
  return makeRows(values, [steps.length]);
}

test("the error that is told is what rounding adds to the NLL of a fitted Gaussian", () => {
  for (const steps of [1, 2, 4]) {
    const rows = table(steps);
    const [note = ""] = float32Notes(rows, ["a"]);
    const told = Number(/about ([\d.]+) nats/.exec(note)?.[1]);
    const rounded = { ...rows, values: rows.values.map(Math.fround) };
    const [before = NaN] = columnDeviations(rows);
    const [after = NaN] = columnDeviations(rounded);
    // One digit is told; the rounding of 20,000 rows is known to some hundredths.
    const added = Math.log(after / before);
    assert.ok(Math.abs(told / added - 1) < 0.3, `${steps} steps: told ${told}, added ${added}`);
  }
});

test("columns are told from 6.5 steps down, the worst first, three by name", () => {
  assert.is(float32Notes(table(7, 1e6), ["a", "b"]).length, 0);
  assert.match(
    float32Notes(table(6, 7), ["a", "b"]).join(),
    /column "a" \([^"]*standardise=true\.$/,
  );
  const [note = ""] = float32Notes(table(5, 3, 4, 2, 1), ["a", "b", "c", "d", "e"]);
  assert.match(note, /column "e" .*, "d" .*, "b" .* and 2 more: /);
});

test("a column about 0 has steps enough, however narrow it is", () => {
  const values = createRng(4).normals(1000);
  assert.is(
    float32Notes(
      makeRows(
        values.map((z) => 1e-12 * z),
        [1],
      ),
      ["a"],
    ).length,
    0,
  );
  assert.is(float32Notes(makeRows(new Float64Array(10), [1]), ["a"]).length, 0);
});

test.run();
