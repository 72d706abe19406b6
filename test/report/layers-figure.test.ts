import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { drawFigure } from "../../src/report/figure/draw-figure.ts";
import { layersFigure } from "../../src/report/layers-figure.ts";
import { cellAt, makeTable } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";
import { readPanels } from "./figure/read-svg.ts";

const layers = (...kls: readonly number[]) =>
  kls.map((kl, index) => ({
    ...{ index, kl, klStderr: 0.1 * kl },
    ...(index > 0 && { ratio: kl / (kls[index - 1] ?? NaN) }),
  }));
const axes = { rows: "family", panels: "dataset", metric: "kl" } as const;

const RECORDS = [
  fakeRecord("a", 0, 1, { layers: layers(4, 2, 1) }),
  fakeRecord("a", 1, 1, { layers: layers(5, 2, 0.5) }),
  fakeRecord("b", 0, 1, { layers: layers(4, 1) }),
  fakeRecord("b", 1, 1, { layers: layers(5, 3) }),
];

test("symbols of the picture stand at the means of the table", async () => {
  const table = makeTable(RECORDS, { cols: "layer", metric: "kl" });
  const [panel] = readPanels(await drawFigure(layersFigure(RECORDS, axes)), ["y"]);
  assert.is(panel?.title, "two-moons");
  ["a", "b"].forEach((family, i) => {
    const dots = panel?.dots[i] ?? [];
    assert.is(dots.length, family === "a" ? 3 : 2);
    dots.forEach(([x, y], layer) => {
      const mean = cellAt(table, family, String(layer))?.mean ?? NaN;
      // Read off a logarithmic axis whose labels are exact.
      assert.ok(Math.abs(x - layer) < 1e-6 && Math.abs(y / mean - 1) < 1e-6, `${x} ${y} ${mean}`);
    });
  });
});

test("errors are those of the table", () => {
  const table = makeTable(RECORDS, { cols: "layer", metric: "kl" });
  const [panel] = layersFigure(RECORDS, axes).panels;
  for (const { name, points } of panel?.series ?? [])
    for (const { x, yError } of points)
      assert.is(yError, cellAt(table, name, String(x))?.stderr, `${name} ${x}`);
});

test("runs that diverged or failed are counted below the figure", async () => {
  const lost: RunRecord[] = [
    fakeRecord("a", 2, null, { status: "diverged", layers: layers(9, 9) }),
    fakeRecord("b", 2, null, { status: "failed", metrics: {} }),
    fakeRecord("gaussian", 0, 1),
  ];
  const figure = layersFigure([...RECORDS, ...lost], axes);
  const notes = figure.notes.join(" ");
  assert.match(notes, "1 run diverged and not in the means: a on two-moons, seed 2.");
  assert.match(notes, "1 run failed: b on two-moons, seed 2.");
  assert.match(notes, "1 run without numbers of layers: gaussian on two-moons, seed 0.");
  assert.is(figure.panels[0]?.series[0]?.points[0]?.y, 4.5, "and not averaged");
  assert.match(await drawFigure(figure), "1 run diverged");
});

test("a panel for each data set, and one look for each family in all of them", () => {
  const more = fakeRecord("b", 0, 1, { dataset: "rings", layers: layers(3, 1) });
  const { panels } = layersFigure([...RECORDS, more], axes);
  assert.equal(
    panels.map(({ title, series }) => [title, series.map(({ name }) => name)]),
    [
      ["two-moons", ["a", "b"]],
      ["rings", ["b"]],
    ],
  );
});

test("theory stands beside the lines that have it: bounds in nats, rates with ratios, what is common once", () => {
  const known = (mixing: string): RunRecord => {
    const base = fakeRecord("known", 0, 1);
    const theory = { localRate: 0.4, limitRate: 0.5, lossBound: 3.5, lossBoundRatio: 0.9 };
    return {
      ...base,
      configHash: mixing,
      config: { ...base.config, family: { name: "known", mixing } },
      layers: layers(4, 2).map((layer) => (layer.index > 0 ? { ...layer, ...theory } : layer)),
    };
  };
  const theories = (metric: "kl" | "ratio", ...records: RunRecord[]) =>
    (layersFigure(records, { ...axes, metric }).panels[0]?.series ?? [])
      .filter(({ kind }) => kind === "theory")
      .map(({ name, of, points }) => [name, of, points.map(({ y }) => y)]);
  assert.equal(theories("kl", known("rotation")), [
    ["bound by the loss, for rotations", "known", [3.5]],
  ]);
  assert.equal(theories("ratio", known("rotation"), known("permutation")), [
    ["near N(0, I) in theory", undefined, [0.4]],
    ["bound by the loss, for rotations", undefined, [0.9]],
    ["limit of many dimensions, for rotations", undefined, [0.5]],
  ]);
});

test("variants of a family are lines of their own, named by what differs", () => {
  const deep = fakeRecord("a", 0, 1, { layers: layers(4, 2), configHash: "deep" });
  const variant = { ...deep, config: { ...deep.config, family: { name: "a", layers: 9 } } };
  const names = layersFigure([...RECORDS, variant], axes).panels[0]?.series.map((s) => s.name);
  assert.equal(names, ["a (layers=–)", "a (layers=9)", "b"]);
});

test("what tables refuse is refused, and so are runs without layers", () => {
  const other = fakeRecord("b", 0, 1, { data: { standardise: true }, layers: layers(4, 2) });
  assert.throws(() => layersFigure([...RECORDS, other], axes), /do not share data/);
  assert.throws(() => layersFigure([fakeRecord("a", 0, 1)], axes), /evaluation\.layers=true/);
});

test.run();
