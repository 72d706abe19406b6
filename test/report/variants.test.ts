import { test } from "uvu";
import * as assert from "uvu/assert";

import { makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

test("families in one place are told apart, whatever the axis", () => {
  const records = [fakeRecord("a", 0, 2), fakeRecord("b", 0, 1)];
  const table = makeTable(records, { rows: "training.steps" });
  assert.equal(table.rows.slice(1), ["10 (a)", "10 (b)"]);
});

test("variants of a family are told by the keys that differ within it, not by those of other families", () => {
  const config = (family: object) => ({ family, training: { steps: 10 } });
  const records = [
    fakeRecord("a", 0, 2, { configHash: "1", config: config({ name: "a", layers: 4 }) }),
    fakeRecord("a", 0, 3, { configHash: "2", config: config({ name: "a", layers: 8 }) }),
    fakeRecord("b", 0, 1, { configHash: "3", config: config({ name: "b", bins: 5 }) }),
  ];
  const rows = ["a (family.layers=4)", "a (family.layers=8)", "b"];
  assert.equal(makeTable(records, { metric: "steps" }).rows, rows);
  // Where families stand at one place, both are named.
  assert.equal(makeTable(records, { rows: "dataset", cols: "seed", metric: "steps" }).rows, [
    "two-moons (a, family.layers=4)",
    "two-moons (a, family.layers=8)",
    "two-moons (b)",
  ]);
});

test("of a table whose rows are layers the variants are columns", () => {
  const layers = [{ index: 0, kl: 2 }];
  const records = [4, 8].map((count) =>
    fakeRecord("a", 0, 2, {
      configHash: String(count),
      config: { family: { name: "a", layers: count } },
      layers,
    }),
  );
  const table = makeTable(records, { rows: "layer", cols: "family", metric: "kl" });
  assert.equal(table.rows, ["0"]);
  assert.equal(table.cols, ["a (family.layers=4)", "a (family.layers=8)"]);
});

test.run();
