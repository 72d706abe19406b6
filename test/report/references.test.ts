import { test } from "uvu";
import * as assert from "uvu/assert";
import { baselineName, FLOOR } from "../../src/report/references.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";
import { noisyRuns } from "./noisy-runs.ts";

const floorsOf = (...[records, axes]: Parameters<typeof makeTable>) =>
  makeTable(records, axes)
    .cells.filter(({ reference }) => reference)
    .map(({ row, col, mean }) => [row, col, mean]);

test("where a key of the data is an axis each of its values has its own floor", () => {
  const records = noisyRuns(["a", "b"]);
  assert.equal(floorsOf(records, { rows: "data.noise", cols: "family" }), [
    ["0.1", FLOOR, 0.1],
    ["0.5", FLOOR, 0.5],
  ]);
  assert.equal(floorsOf(records, { rows: "family", cols: "data.noise" }), [
    [FLOOR, "0.1", 0.1],
    [FLOOR, "0.5", 0.5],
  ]);
  // Both axes are questions: a floor beside each column.
  assert.equal(floorsOf(noisyRuns(["a"]), { rows: "data.noise", cols: "dataset" }), [
    ["0.1", `two-moons: ${FLOOR}`, 0.1],
    ["0.5", `two-moons: ${FLOOR}`, 0.5],
  ]);
  const rings = noisyRuns(["a"]).map((r) => ({
    ...{ ...r, dataset: "rings" },
    metrics: { ...r.metrics, entropy: { value: 9, stderr: 0 } },
  }));
  assert.equal(
    floorsOf([...noisyRuns(["a"]), ...rings], { rows: "dataset", cols: "data.noise" }).map(
      ([row, col, mean]) => `${row} ${col} ${mean}`,
    ),
    [
      `two-moons 0.1: ${FLOOR} 0.1`,
      `two-moons 0.5: ${FLOOR} 0.5`,
      `rings 0.1: ${FLOOR} 9`,
      `rings 0.5: ${FLOOR} 9`,
    ],
  );
});

/** A record with a Gaussian beside it. */
const beside = (family: string, seed: number, nll: number, gaussian: number) => {
  const about = { stderr: 0.5, provenance: { kind: "bound" } };
  const baseline = { family: "gaussian", value: gaussian, ...about };
  return fakeRecord(family, seed, nll, {
    metrics: { test_nll: { value: nll, n: 9, nonfinite: 0, ...about, baseline } },
  });
};

test("a baseline stands once for each draw, whatever models stand beside it, and takes no part in the contest", () => {
  const records = [beside("a", 0, 3, 1), beside("b", 0, 4, 1), beside("b", 1, 4, 2)];
  const cell = cellAt(makeTable(records), baselineName("gaussian"), "two-moons");
  assert.equal([cell?.mean, cell?.stderr, cell?.n, cell?.reference], [1.5, 0.5, 2, true]);
  assert.equal(cell?.provenance, ["bound"]);
  // Lower than both models.
  assert.not.ok(cell?.best || cell?.bold);
  assert.ok(cellAt(makeTable(records), "a", "two-moons")?.best);
});

test("a baseline is left out where its family stands itself, and of runs that did not end well", () => {
  const table = makeTable([beside("a", 0, 3, 1), beside("gaussian", 0, 1, 1)]);
  assert.is(cellAt(table, baselineName("gaussian"), "two-moons"), undefined);
  const lost = { ...beside("a", 0, 3, 1), status: "diverged" as const };
  assert.is(cellAt(makeTable([lost]), baselineName("gaussian"), "two-moons"), undefined);
});

test.run();
