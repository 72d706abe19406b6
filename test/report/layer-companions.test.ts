import { test } from "uvu";
import * as assert from "uvu/assert";

import { markdown } from "../../src/report/formats/markdown.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

test("layers that theory knows something of stand beside it, with their own errors, and it is never the best", () => {
  const layers = [
    { index: 0, kl: 8, klStderr: 0 },
    {
      ...{
        index: 1,
        kl: 3,
        klStderr: 0.25,
        ratio: 0.375,
        ratioStderr: 0.03,
        localRate: 0.34,
        limitRate: 0.5,
      },
      ...{ lossBound: 7.5, spectrumBound: 7, lossBoundRatio: 0.94, spectrumBoundRatio: 0.88 },
    },
  ];
  const records = [
    fakeRecord("known", 0, 2, { layers }),
    fakeRecord("other", 0, 2, {
      layers: [
        { index: 0, kl: 8 },
        { index: 1, kl: 4, ratio: 0.5 },
      ],
    }),
  ];
  const table = makeTable(records, { cols: "layer", metric: "kl" });
  const beside = table.rows.filter((row) => row.includes(":"));
  assert.equal(
    beside.map((row) => [row, cellAt(table, row, "1")?.mean, cellAt(table, row, "1")?.stderr]),
    [
      ["known: ratio to the layer before", 0.375, 0.03],
      ["known: ratio near N(0, I) in theory", 0.34, null],
      ["known: bound by the loss, for rotations", 7.5, null],
      ["known: bound by the spectrum, for rotations", 7, null],
    ],
  );
  assert.ok(cellAt(table, "known", "1")?.best);
  assert.ok(beside.every((row) => cellAt(table, row, "1")?.best === false));
  // The other axis, and the ratio with what bounds it.
  const turned = makeTable(records, { rows: "layer", cols: "family", metric: "ratio" });
  assert.is(cellAt(turned, "1", "known: bound by the spectrum, for rotations")?.mean, 0.88);
  assert.ok(!turned.cols.some((col) => col.startsWith("other:")));
  assert.ok(makeTable(records, { cols: "layer", metric: "nonGaussianity" }).rows.length === 2);
  assert.match(markdown(table), /± is over draws of what layers draw at random/);
});

test.run();
