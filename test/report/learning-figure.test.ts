import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CurvePoint } from "../../src/record.ts";
import { drawFigure } from "../../src/report/figure/draw-figure.ts";
import { learningFigure, type LearningRun } from "../../src/report/learning-figure.ts";
import { fakeRecord } from "./fake-record.ts";

const curve = (...validation: readonly number[]): readonly CurvePoint[] =>
  validation.map((value, i) => ({ step: 10 * (i + 1), trainLoss: value + 1, validation: value }));
const training = { valMonitor: { name: "nll", value: 1 } };
const axes = { rows: "family", panels: "dataset" } as const;

const RUNS: readonly LearningRun[] = [
  { record: fakeRecord("a", 0, 1, { training }), curve: curve(3, 2, 1) },
  { record: fakeRecord("a", 1, 1, { training }), curve: curve(5, 3) },
  {
    record: fakeRecord("a", 2, null, { status: "diverged", training }),
    curve: curve(4, 40, NaN),
  },
];

test("a curve is the mean over the seeds that are done, as far as all of them went", () => {
  const { panels, notes } = learningFigure(RUNS, axes);
  const [loss, watched] = panels;
  assert.equal([loss?.yLabel, watched?.yLabel], ["training loss", "validation NLL (nats)"]);
  const points = (watched?.series[0]?.points ?? []).map(({ x, y, yError }) => [x, y, yError]);
  // s/√n of 3 and 5, and of 2 and 3.
  assert.equal(points, [
    [10, 4, 1],
    [20, 2.5, 0.5],
  ]);
  assert.match(notes.join(" "), "Shown up to the step that every seed reached: a.");
});

test("a run that diverged is drawn by itself up to its end, and counted", async () => {
  const figure = learningFigure(RUNS, axes);
  const stopped = figure.panels[1]?.series.filter(({ kind }) => kind === "stopped") ?? [];
  assert.equal(
    stopped.map(({ name, points }) => [name, points.map(({ y }) => y)]),
    [["a", [4, 40, NaN]]],
  );
  assert.match(
    await drawFigure(figure),
    "1 run diverged and not in the means: a on two-moons, seed 2.",
  );
});

test("losses of different kinds have panels of their own", () => {
  const score = { valMonitor: { name: "score", value: 1 } };
  const other = { record: fakeRecord("b", 0, 1, { training: score }), curve: curve(1, 2) };
  assert.equal(
    learningFigure([...RUNS, other], axes).panels.map(({ yLabel, series }) => [
      yLabel,
      [...new Set(series.map(({ name }) => name))],
    ]),
    [
      ["training loss", ["a", "b"]],
      ["validation NLL (nats)", ["a"]],
      ["validation score", ["b"]],
    ],
  );
});

test("the same run in two folders counts once", () => {
  assert.equal(
    learningFigure([...RUNS, ...structuredClone(RUNS)], axes).panels,
    learningFigure(RUNS, axes).panels,
  );
});

test("runs without a curve are nothing to draw", () => {
  const fitted = { record: fakeRecord("gaussian", 0, 1), curve: [] };
  assert.throws(() => learningFigure([fitted], axes), /fitted in closed form/);
});

test.run();
