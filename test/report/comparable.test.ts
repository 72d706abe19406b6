import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";
import { noisyRuns } from "./noisy-runs.ts";

test("the advice on runs that differ in a key of the data gives a table with a row for each family", () => {
  const cure = (...[records, axes]: Parameters<typeof makeTable>): string => {
    try {
      makeTable(records, axes);
      return "";
    } catch (error) {
      return (error as Error).message.split(". ").at(-1) ?? "";
    }
  };
  const records = noisyRuns(["a"]);
  const rest = ", or give folders that agree.";
  assert.is(cure(records), `Make the key an axis (--cols data.noise)${rest}`);
  assert.is(
    cure(records, { rows: "dataset", cols: "family" }),
    `Make the key an axis (--rows data.noise)${rest}`,
  );
  assert.is(
    cure([...records, fakeRecord("a", 0, 1, { dataset: "rings of two" })]),
    `Make the key an axis (--where dataset=two-moons --cols data.noise)${rest}`,
  );
  const sized = records.map((r, i) => ({
    ...r,
    config: { ...r.config, data: { ...(r.config["data"] as object), size: i } },
  }));
  assert.is(cure(sized), `Make the keys axes (--rows data.size --cols data.noise)${rest}`);
});

test("a table of runs that read a file in two states is refused, also where no seed is shared", () => {
  const of = (seed: number, digest: string) =>
    fakeRecord("a", seed, 1, { provenance: { dataFiles: { "rows.csv": digest } } });
  assert.is(makeTable([of(0, "x"), of(1, "x")]).cells.length, 2);
  assert.throws(
    () => makeTable([of(0, "x"), of(1, "y")]),
    /read rows\.csv, which was changed between them/,
  );
});

test.run();
