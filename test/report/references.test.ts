import { test } from "uvu";
import * as assert from "uvu/assert";
import { baselineName, FLOOR } from "../../src/report/references.ts";
import { markdown } from "../../src/report/formats/markdown.ts";
import { cellAt, makeTable, type Cell, type TableOptions } from "../../src/report/table.ts";
import type { RunRecord } from "../../src/record.ts";
import { fakeRecord } from "./fake-record.ts";
import { noisyRuns } from "./noisy-runs.ts";

const floorsOf = (...[records, axes]: Parameters<typeof makeTable>) =>
  makeTable(records, axes)
    .cells.filter(({ reference }) => reference !== null)
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
  assert.equal([cell?.mean, cell?.stderr, cell?.n, cell?.reference], [1.5, 0.5, 2, "baseline"]);
  assert.equal(cell?.provenance, ["bound"]);
  // Lower than both models.
  assert.not.ok(cell?.best || cell?.bold);
  assert.ok(cellAt(makeTable(records), "a", "two-moons")?.best);
});

const baselineOf = (
  records: readonly RunRecord[],
  options: TableOptions = {},
  col = "two-moons",
): Cell | undefined => cellAt(makeTable(records, options), baselineName("gaussian"), col);

test("a baseline stands unless its family has a number of its own for the same draws beside the same models", () => {
  const [a, b] = [beside("a", 0, 3, 1), beside("a", 1, 3, 2)];
  assert.is(
    baselineOf([a, b, beside("gaussian", 0, 1, 1), beside("gaussian", 1, 2, 2)]),
    undefined,
  );
  // Of one draw only.
  assert.equal(baselineOf([a, b, beside("gaussian", 0, 1, 1)])?.n, 2);
  // It failed there.
  const failed = fakeRecord("gaussian", 0, null, { status: "failed", metrics: {} });
  assert.equal(baselineOf([a, failed])?.mean, 1);
  // In another column.
  const moved = { ...beside("gaussian", 0, 1, 1) };
  const other = { ...moved, config: { ...moved.config, data: { name: "two-moons", size: 9 } } };
  const bySize = { cols: "data.size" };
  assert.equal(baselineOf([a, other], bySize, "1000")?.mean, 1);
  assert.is(baselineOf([a, other], bySize, "9"), undefined);
  // Another likelihood, which it does not have.
  const { metrics } = a;
  const encoder = { ...a, metrics: { test_nll_encoder: metrics["test_nll"] ?? {} } } as RunRecord;
  const named = { metric: "test_nll_encoder" };
  assert.equal(baselineOf([encoder, beside("gaussian", 0, 1, 1)], named)?.mean, 1);
});

test("a baseline of fewer seeds than are wanted is withheld, and of fewer than usual says how many", () => {
  const records = [beside("a", 0, 3, 1), fakeRecord("a", 1, 3)];
  assert.equal(baselineOf(records, { minSeeds: 2 })?.mean, null);
  assert.match(markdown(makeTable(records)), /gaussian \(baseline\) \| .*\(bound, n 1\)/);
});

test("of runs that did not end well there is no baseline", () => {
  const lost = { ...beside("a", 0, 3, 1), status: "diverged" as const };
  assert.is(cellAt(makeTable([lost]), baselineName("gaussian"), "two-moons"), undefined);
});

test.run();
