import type { CurvePoint, RunRecord } from "../record.ts";
import { assertComparable } from "./comparable.ts";
import { errorNotes } from "./error-note.ts";
import { NothingToDraw, type Figure, type Panel, type Series } from "./figure/figure.ts";
import { leftOut } from "./left-out.ts";
import { groupBy } from "../math/group-by.ts";
import { type Line } from "./lines.ts";
import { panelsOf } from "./panels.ts";
import { summarise, type Summary } from "./summarise.ts";

export interface LearningRun {
  readonly record: RunRecord;
  /** Steps ascending; empty for models that are fitted in closed form. */
  readonly curve: readonly CurvePoint[];
}

export interface LearningFigureOptions {
  readonly rows: string;
  readonly panels: string;
}

/** Which number of an evaluation, and what it is called. */
interface Quantity {
  readonly title: string;
  readonly of: (point: CurvePoint) => number;
  readonly runs: readonly LearningRun[];
}

const MONITORS: Readonly<Record<string, string>> = {
  nll: "validation NLL (nats)",
  loss: "validation loss",
  score: "validation score",
};

const monitorOf = ({ training }: RunRecord): string => {
  const monitor = training?.["valMonitor"] as { readonly name?: unknown } | undefined;
  return typeof monitor?.name === "string" ? monitor.name : "loss";
};

/** The loss of a family is its own; what is watched on validation rows is not the same for all families either. */
const quantitiesOf = (runs: readonly LearningRun[]): readonly Quantity[] => [
  { title: "training loss", of: (point) => point.trainLoss, runs },
  ...[...groupBy(runs, ({ record }) => monitorOf(record))].map(([name, watched]) => ({
    title: MONITORS[name] ?? `validation ${name}`,
    of: (point: CurvePoint) => point.validation,
    runs: watched,
  })),
];

type Named = Summary & { readonly name: string };

/** Mean over the runs of a line that are done, as far as all of them went. */
function meanCurve(name: string, runs: readonly LearningRun[], of: Quantity["of"]) {
  const done = runs.filter(({ record }) => record.status === "done");
  const cells = summarise(
    done.flatMap(({ record, curve }) =>
      curve.map((point) => {
        const col = String(point.step);
        return { row: name, col, record, value: of(point), stderr: NaN, provenance: "" };
      }),
    ),
  ).filter(({ n, nonfinite }) => n + nonfinite === done.length);
  const points = cells
    .map(({ col, mean, stderr }) => ({ x: Number(col), y: mean ?? NaN, yError: stderr }))
    .toSorted((a, b) => a.x - b.x);
  const ended = points.at(-1)?.x ?? 0;
  const cut = done.some(({ curve }) => (curve.at(-1)?.step ?? 0) > ended);
  return {
    series: { name, kind: "measured", errors: "band", connected: true, points } as const,
    cells: cells.map((cell): Named => ({ ...cell, name })),
    cut: cut ? [name] : [],
  };
}

function drawQuantity(lines: readonly Line[], { runs, of }: Quantity) {
  const parts = lines.map(({ name, records }) => {
    const own = runs.filter(({ record }) => records.includes(record));
    const stopped = own
      .filter(({ record }) => record.status !== "done")
      .map(({ curve }): Series => {
        const points = curve.map((point) => ({ x: point.step, y: of(point) }));
        return { name, kind: "stopped", errors: "bars", connected: true, points };
      });
    return { mean: meanCurve(name, own, of), stopped };
  });
  const series = parts.flatMap(({ mean, stopped }) => [mean.series, ...stopped]);
  return {
    series: series.filter(({ points }) => points.some(({ y }) => Number.isFinite(y))),
    cells: parts.flatMap(({ mean }) => mean.cells),
    cut: parts.flatMap(({ mean }) => mean.cut),
  };
}

/** The same run in two folders counts once; one that is done first. */
const distinct = (runs: readonly LearningRun[]): readonly LearningRun[] => {
  const groups = groupBy(runs, ({ record: { configHash, seed, family, dataset } }) =>
    JSON.stringify([configHash, seed, family, dataset]),
  );
  return [...groups.values()].flatMap(
    (same) => same.find(({ record }) => record.status === "done") ?? same.slice(0, 1),
  );
};

/**
 * Training loss and what is watched on the validation rows against steps, a panel for each: mean over the seeds that are done,
 * and each run that diverged or failed by itself, up to its end.
 *
 * @throws Incomparable as tables do; NothingToDraw if no run has a curve
 */
export function learningFigure(
  given: readonly LearningRun[],
  { rows, panels: axis }: LearningFigureOptions,
): Figure {
  const runs = distinct(given).filter(({ curve }) => curve.length > 0);
  if (runs.length === 0)
    throw new NothingToDraw(
      "no run has a curve of its training: these families are fitted in closed form, or ended before the first evaluation (training.evaluateEvery).",
    );
  const found = panelsOf(
    runs.map(({ record }) => record),
    { rows, panels: axis },
  );
  const drawn = found.flatMap(({ title, records, lines }) => {
    assertComparable(records, [rows, axis]);
    const own = runs.filter(({ record }) => records.includes(record));
    return quantitiesOf(own).map((quantity) => {
      const { series, ...rest } = drawQuantity(lines, quantity);
      const panel: Panel = { title, yLabel: quantity.title, series };
      return { panel, ...rest };
    });
  });
  const cut = [...new Set(drawn.flatMap((part) => part.cut))];
  const stopped = drawn.some(({ panel }) => panel.series.some(({ kind }) => kind === "stopped"));
  return {
    x: { label: "training step", scale: "linear", range: [0] },
    y: { label: "", scale: "linear", shared: false },
    panels: drawn.map(({ panel }) => panel),
    notes: [
      ...errorNotes(drawn.flatMap(({ cells }) => cells)),
      ...(drawn.some(({ panel }) => panel.yLabel === MONITORS["nll"])
        ? ["Validation NLL is that of the rows as the model sees them, which may be scaled."]
        : []),
      ...(cut.length > 0
        ? [`Shown up to the step that every seed reached: ${cut.join(", ")}.`]
        : []),
      ...(stopped ? ["A thin line that ends in × is a run that diverged or failed there."] : []),
      ...leftOut(given.map(({ record }) => record)),
    ],
  };
}
