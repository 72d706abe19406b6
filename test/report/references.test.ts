import { test } from "uvu";
import * as assert from "uvu/assert";
import { FLOOR } from "../../src/report/floors.ts";
import { makeTable } from "../../src/report/table.ts";
import { noisyRuns } from "./noisy-runs.ts";

const floorsOf = (...[records, axes]: Parameters<typeof makeTable>) =>
  makeTable(records, axes)
    .cells.filter(({ floor }) => floor)
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

test.run();
