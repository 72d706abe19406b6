import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { markdown } from "../../src/report/formats/markdown.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

const cell = (records: readonly RunRecord[], family: string) =>
  cellAt(makeTable(records), family, "two-moons");

test("a mean that a single row decides is not in bold, also where it is the best or alone", () => {
  const ruled = (family: string, nll: number) => {
    const metric = { value: nll, stderr: 1, n: 100, nonfinite: 0, ruledByOneRow: true };
    return fakeRecord(family, 0, nll, { metrics: { test_nll: metric } });
  };
  const alone = cell([ruled("a", 5)], "a");
  assert.equal([alone?.best, alone?.bold, alone?.ruledByOneRow], [true, false, true]);
  assert.match(
    markdown(makeTable([ruled("a", 5)])),
    /not in bold is a mean that a single row rules/,
  );
  const best = cell([ruled("a", 5), fakeRecord("b", 0, 6)], "a");
  assert.equal([best?.best, best?.bold], [true, false]);
});

test.run();
