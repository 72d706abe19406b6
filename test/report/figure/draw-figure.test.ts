import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawFigure } from "../../../src/report/figure/draw-figure.ts";
import type { Figure, Point, Series } from "../../../src/report/figure/figure.ts";
import { readPanels } from "./read-svg.ts";

const series = (name: string, points: readonly Point[], more: Partial<Series> = {}): Series => ({
  ...{ name, kind: "measured", errors: "bars", connected: true, points },
  ...more,
});

const figure = (all: readonly Series[], y: Partial<Figure["y"]> = {}): Figure => ({
  x: { label: "layer", scale: "linear" },
  y: { label: "KL (nats)", scale: "linear", shared: true, ...y },
  panels: [{ title: "set", series: all }],
  notes: [],
});

/** Coordinates are written with some twelve digits. */
const near = (actual: number | undefined, expected: number): void => {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) <= 1e-6 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
};

const POINTS = [
  { x: 0, y: 3, yError: 0.5 },
  { x: 1, y: 0.25, yError: 0.1 },
  { x: 4, y: 0.001 },
];

for (const scale of ["linear", "log"] as const)
  test(`on a ${scale} axis symbols stand where its labels say`, async () => {
    const svg = await drawFigure(figure([series("a", POINTS)], { scale }));
    const [panel] = readPanels(svg, scale === "log" ? ["y"] : []);
    assert.is(panel?.dots[0]?.length, 3);
    POINTS.forEach(({ x, y }, i) => {
      near(panel?.dots[0]?.[i]?.[0], x);
      near(panel?.dots[0]?.[i]?.[1], y);
    });
  });

test("an automatic axis is logarithmic only where all is above 0 and spans a wide range", async () => {
  const wide = await drawFigure(figure([series("a", POINTS)], { scale: "auto" }));
  assert.equal(wide, await drawFigure(figure([series("a", POINTS)], { scale: "log" })));
  const signed = [...POINTS, { x: 5, y: -1 }];
  const [panel] = readPanels(await drawFigure(figure([series("a", signed)], { scale: "auto" })));
  near(panel?.dots[0]?.[3]?.[1], -1);
  assert.ok(panel?.labels.includes("−1"), "a real minus");
});

test("what a logarithmic axis cannot show is named, and nothing else is lost", async () => {
  const svg = await drawFigure(
    figure([series("a", [...POINTS, { x: 5, y: 0 }])], { scale: "log" }),
  );
  assert.is(readPanels(svg, ["y"])[0]?.dots[0]?.length, 3);
  assert.match(svg, /Points at or below 0, which this axis does not have: a \(1\)/);
});

test("lines differ by symbol and dash as well as colour, and the legend shows each once", async () => {
  const names = ["one", "two", "three", "four"];
  const svg = await drawFigure(figure(names.map((name) => series(name, POINTS))));
  const legend = svg.split('<g class="legend"')[1] ?? "";
  for (const name of names) assert.is(legend.split(`>${name}<`).length, 2, name);
  const dashes = [...legend.matchAll(/<g ([^>]*)aria-label="line"/g)].map(
    ([, style = ""]) => /stroke-dasharray="([^"]*)"/.exec(style)?.[1] ?? "none",
  );
  const shapes = [...legend.matchAll(/<circle|<path d="([^"]*)" transform/g)].map(
    ([, path]) => path ?? "circle",
  );
  const colours = [...legend.matchAll(/stroke="(#\w+)"/g)].map(([, colour]) => colour);
  assert.is(new Set(dashes).size, 4);
  assert.is(new Set(shapes).size, 4);
  assert.is(new Set(colours).size, 4);
});

test("names and notes are text, whatever stands in them", async () => {
  const hostile = `</text><script>alert("x")</script>&\u0007`;
  const svg = await drawFigure({
    x: { label: hostile, scale: "linear" },
    y: { label: hostile, scale: "linear", shared: false },
    panels: [{ title: hostile, yLabel: hostile, series: [series(hostile, POINTS)] }],
    notes: [hostile],
  });
  assert.not.match(svg, "<script");
  assert.not.match(svg, "\u0007");
  assert.match(svg, "&lt;script");
  assert.not.match(svg.replaceAll(/&(?:amp|lt|gt);/g, ""), "&");
});

test("a figure without a number is refused, with its notes", async () => {
  const nothing = { ...figure([series("a", [{ x: 0, y: NaN }])]), notes: ["3 runs failed."] };
  try {
    await drawFigure(nothing);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, "NothingToDraw");
    assert.match((error as Error).message, "3 runs failed.");
  }
});

test("where means alone set the axis, errors and theory beyond it are cut off", async () => {
  const means = series("a", [
    { x: 0, y: 0.4, yError: 50 },
    { x: 1, y: 0.5, yError: 0.1 },
  ]);
  const theory = series(
    "bound",
    [
      { x: 0, y: 0.6 },
      { x: 1, y: 70 },
    ],
    { kind: "theory", of: "a" },
  );
  const svg = await drawFigure(figure([means, theory], { byMeans: true, range: [0, 1] }));
  const [panel] = readPanels(svg);
  near(panel?.dots[0]?.[0]?.[1], 0.4);
  assert.ok(panel?.labels.includes("1.0"));
  assert.not.ok(panel?.labels.includes("20"));
});

test("the label of the last tick ends within the figure, however long it is", async () => {
  for (const last of [1e6, 1e8]) {
    const points = [1000, 20_000, last].map((x) => ({ x, y: 1 }));
    const given = figure([series("a", points)]);
    const ticks = points.map(({ x }) => x);
    const svg = await drawFigure({ ...given, x: { label: "n", scale: "log", ticks } });
    const [, axis = ""] = /aria-label="x-axis tick label"[^>]*>(.*?)<\/g>/s.exec(svg) ?? [];
    const [, at = "", label = ""] =
      [...axis.matchAll(/translate\(([\d.]+),[^>]*>([^<]+)</g)].at(-1) ?? [];
    const [, left = ""] = /class="panel" transform="translate\(([\d.]+)/.exec(svg) ?? [];
    assert.is(label, last.toLocaleString("en-US"));
    // Digits of DejaVu Sans are 0.636 of the letters' height wide, commas half of that.
    const width = 11 * (0.636 * String(last).length + 0.318 * 2);
    assert.ok(Number(left) + Number(at) + width / 2 <= 480, `${label} at ${left} + ${at}`);
  }
});

/** The labels of a logarithmic y axis over so much. */
async function labelsOver(low: number, high: number): Promise<readonly string[]> {
  const points = [low, high].map((y, x) => ({ x, y }));
  const svg = await drawFigure(figure([series("a", points)], { scale: "log" }));
  const [, axis = ""] = /aria-label="y-axis tick label"[^>]*>(.*?)<\/g>/s.exec(svg) ?? [];
  return [...axis.matchAll(/>([^<]+)<\/text>/g)].map(([, label = ""]) => label);
}

test("a logarithmic axis over less than half a decade has several round numbers", async () => {
  assert.equal(await labelsOver(0.73, 1.53), ["0.8", "1.0", "1.2", "1.4"]);
  assert.equal(await labelsOver(2, 6), ["2", "3", "4", "5", "6"]);
  assert.equal(await labelsOver(4010, 4020), ["3,980", "4,000", "4,020", "4,040"]);
  assert.ok((await labelsOver(5, 5)).length >= 3);
});

test("a logarithmic axis over more has decades, and numbers between them where they are few", async () => {
  assert.equal(await labelsOver(0.5, 2), ["0.5", "0.7", "1", "2"]);
  assert.equal(await labelsOver(1, 50), ["1", "2", "5", "10", "20", "50"]);
  assert.equal(await labelsOver(0.001, 100), ["0.001", "0.01", "0.1", "1", "10", "100"]);
});

test.run();
