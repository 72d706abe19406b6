import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { drawFigure } from "../../src/report/figure/draw-figure.ts";
import { metricFigure } from "../../src/report/metric-figure.ts";
import { FLOOR } from "../../src/report/references.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";
import { readPanels } from "./figure/read-svg.ts";

const run = (
  family: string,
  layers: number | undefined,
  seed: number,
  nll: number | null,
): RunRecord => {
  const base = fakeRecord(family, seed, nll, {
    configHash: `${family}${layers ?? ""}`,
    training: { seconds: 10 * (layers ?? 1) + seed, parameters: 100 },
  });
  return {
    ...base,
    config: { ...base.config, family: { name: family, ...(layers !== undefined && { layers }) } },
  };
};
const axes = { rows: "family", panels: "dataset", metric: "test_nll" } as const;
const DEPTHS = [2, 4, 8].flatMap((layers) =>
  [0, 1].map((seed) => run("a", layers, seed, 3 - layers / 4 + seed / 10)),
);

test("along a key of the configuration symbols stand at the means of the table", async () => {
  const x = "family.layers";
  const table = makeTable(DEPTHS, { rows: "family", cols: x });
  const [panel] = readPanels(await drawFigure(metricFigure(DEPTHS, { ...axes, x })));
  const dots = panel?.dots[0] ?? [];
  assert.is(dots.length, 3);
  dots.forEach(([at, y], i) => {
    const layers = [2, 4, 8][i] ?? NaN;
    const mean = cellAt(table, "a", String(layers))?.mean ?? NaN;
    assert.ok(Math.abs(at - layers) < 1e-6 && Math.abs(y - mean) < 1e-6, `${at} ${y} ${mean}`);
  });
});

test("against cost both coordinates are means over the same seeds, and the entropy lies across", () => {
  const lost = run("a", 2, 2, null);
  const { panels } = metricFigure([...DEPTHS, lost], { ...axes, x: "seconds" });
  const [series, floor] = panels[0]?.series ?? [];
  assert.equal(
    series?.points.map(({ x }) => x),
    [20.5, 40.5, 80.5],
    "seed 2, which has no NLL, is not in the mean of its cost",
  );
  assert.ok(series?.connected, "variants along a single number are one line");
  assert.equal([floor?.name, floor?.kind, floor?.points[0]?.y], [FLOOR, "level", 1]);
});

test("a line along a number does not run through two versions of a family", () => {
  const newer = DEPTHS.map((record) => ({
    ...record,
    configHash: `${record.configHash}-new`,
    provenance: { ...record.provenance, version: "0.2.0" },
  }));
  const { panels } = metricFigure([...DEPTHS, ...newer], { ...axes, x: "seconds" });
  const [series] = panels[0]?.series ?? [];
  assert.equal([series?.points.length, series?.connected], [6, false]);
  const along = metricFigure([...DEPTHS, ...newer], { ...axes, x: "family.layers" });
  assert.equal(
    along.panels[0]?.series.map(({ name, points }) => [name, points.length]).slice(0, 2),
    [
      ["a (version 0.1.0)", 3],
      ["a (version 0.2.0)", 3],
    ],
  );
});

test("lines of several data have a floor each", () => {
  const records = [1, 3].flatMap((noise) =>
    DEPTHS.map((record) => ({
      ...record,
      config: { ...record.config, data: { name: "two-moons", noise } },
      configHash: `${record.configHash} ${noise}`,
      metrics: { ...record.metrics, entropy: { value: noise, stderr: 0 } },
    })),
  );
  const { panels } = metricFigure(records, { ...axes, rows: "data.noise", x: "family.layers" });
  const floors = (panels[0]?.series ?? []).filter(({ kind }) => kind !== "measured");
  assert.equal(
    floors.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])]),
    [1, 3].map((noise) => [
      `noise=${noise}: ${FLOOR}`,
      [
        [2, noise],
        [4, noise],
        [8, noise],
      ],
    ]),
  );
});

test("seeds that are lost, families without the key, and kinds of likelihood are said", () => {
  const diverged = { ...run("a", 4, 2, null), status: "diverged" as const };
  const bound = DEPTHS.map((record) => ({
    ...record,
    family: "b",
    metrics: { test_nll: { value: 2, stderr: 0.1, provenance: { kind: "bound" } } },
  }));
  const { notes, panels } = metricFigure(
    [...DEPTHS, diverged, run("gaussian", undefined, 0, 4), ...bound],
    {
      ...axes,
      x: "family.layers",
    },
  );
  assert.match(notes.join(" "), "1 run diverged and not in the means: a on two-moons, seed 2.");
  assert.match(notes.join(" "), "1 run without a number at family.layers: gaussian");
  assert.match(notes.join(" "), "Mean ± standard error over 2 seeds.");
  assert.ok(panels[0]?.series.some(({ name }) => name === "b [bound]"));
});

test("a metric that no run has is nothing to draw, and data sets with other rows are refused", () => {
  assert.throws(
    () => metricFigure(DEPTHS, { ...axes, metric: "c2st", x: "seconds" }),
    /no run that is done has both/,
  );
  const changed = { ...run("b", 2, 0, 2), provenance: { dataDigest: "another" } };
  assert.throws(
    () => metricFigure([...DEPTHS, changed], { ...axes, x: "seconds" }),
    /saw different rows/,
  );
});

test.run();
