import { decodeNumber, type RunRecord } from "../record.ts";
import { errorNotes } from "./error-note.ts";
import type { Figure, Point, Series } from "./figure/figure.ts";
import { NothingToDraw } from "./figure/figure.ts";
import { COMPANIONS } from "./layer-companions.ts";
import { counted, leftOut } from "./left-out.ts";
import type { Line } from "./lines.ts";
import { observe } from "./observation.ts";
import { panelsOf, type PanelRecords } from "./panels.ts";
import { summarise, type Summary } from "./summarise.ts";
import { makeTable } from "./table.ts";

/** What is drawn of layers, with the label of its axis. */
export const LAYER_METRICS = {
  kl: "KL after the layer (nats)",
  nonGaussianity: "non-Gaussian part of KL (nats)",
  nonStandardness: "Gaussian part of KL (nats)",
  ratio: "KL after the layer / before it",
} as const;
export type LayerMetric = keyof typeof LAYER_METRICS;

export interface LayersFigureOptions {
  readonly rows: string;
  readonly panels: string;
  readonly metric: LayerMetric;
}

type Named = Summary & { readonly name: string };

const pointsOf = (cells: readonly Summary[]): readonly Point[] =>
  cells
    .map(({ col, mean, stderr }) => ({ x: Number(col), y: mean ?? NaN, yError: stderr }))
    .toSorted((a, b) => a.x - b.x);

/** The numbers of a line: those of the table of layers. */
const cellsOf = (
  { name, records }: Line,
  { rows, metric }: LayersFigureOptions,
): readonly Named[] =>
  makeTable(records, { rows, cols: "layer", metric })
    // The data have no layer before them.
    .cells.filter(
      ({ reference, col }) => reference === null && !(metric === "ratio" && col === "0"),
    )
    .map((cell) => ({ ...cell, name }));

/** What theory says of the layers of a line, in the unit of the figure. */
function theoryOf(line: Line, { rows, metric }: LayersFigureOptions): readonly Series[] {
  const known = line.records.filter(({ layers = [] }) => layers.some((l) => "limitRate" in l));
  return (COMPANIONS[metric] ?? [])
    .filter(([, companion]) => metric === "ratio" || companion.endsWith("Bound"))
    .flatMap(([name, companion]) => {
      const found = observe(known, { rows, cols: "layer", metric: companion }).filter(({ value }) =>
        Number.isFinite(value),
      );
      const points = pointsOf(summarise(found)).map(({ x, y }) => ({ x, y }));
      return points.length === 0
        ? []
        : [{ ...{ name, kind: "theory" as const, of: line.name }, ...LOOK, points }];
    });
}

const LOOK = { errors: "bars", connected: true } as const;

/** Theory on which several lines agree is drawn once, in black. */
function sharedOnce(theory: readonly Series[]): readonly Series[] {
  const same = (a: Series, b: Series): boolean =>
    a.name === b.name &&
    a.points.length === b.points.length &&
    // Bounds are means over draws of the lines' own mixings.
    a.points.every(({ y }, i) => Math.abs(y - (b.points[i]?.y ?? NaN)) <= 1e-9 * Math.abs(y));
  return theory.flatMap((series, i) => {
    if (theory.slice(0, i).some((before) => same(before, series))) return [];
    const { of, ...rest } = series;
    const shared = theory.slice(i + 1).some((after) => same(series, after));
    return [shared || of === undefined ? rest : series];
  });
}

function panelOf({ title, lines }: PanelRecords, options: LayersFigureOptions) {
  const cells = lines.map((line) => cellsOf(line, options));
  const measured = lines.map(({ name }, i): Series => ({
    name,
    kind: "measured",
    ...LOOK,
    points: pointsOf(cells[i] ?? []),
  }));
  const theory = sharedOnce(lines.flatMap((line) => theoryOf(line, options)));
  return {
    panel: { title, series: [...measured.filter(({ points }) => points.length > 0), ...theory] },
    cells: cells.flat(),
  };
}

/** Where the entropy is not known there is no absolute KL. */
function referenceNotes(records: readonly RunRecord[]): readonly string[] {
  const relative = records.filter(({ layers = [] }) =>
    layers.some((l) => l["reference"] === "last"),
  );
  const names = [...new Set(relative.map(({ dataset }) => dataset))];
  if (names.length === 0) return [];
  return [
    `The entropy of ${names.join(", ")} is not known: numbers there are above that of the last layer.`,
  ];
}

const hasNumber = (record: RunRecord, metric: string): boolean =>
  (record.layers ?? []).some((layer) => Number.isFinite(decodeNumber(layer[metric])));

/**
 * KL (or a part of it, or its ratio to the layer before) after each layer: the numbers of `table --cols layer`, with what
 * theory says of them where it says something.
 *
 * @throws Incomparable as tables do; NothingToDraw if no run has a table of layers
 */
export function layersFigure(records: readonly RunRecord[], options: LayersFigureOptions): Figure {
  const { rows, panels: axis, metric } = options;
  const done = records.filter(({ status }) => status === "done");
  const without = done.filter(({ layers }) => layers === undefined);
  if (!done.some((record) => hasNumber(record, metric)))
    throw new NothingToDraw(
      `no run that is done has ${metric} after each layer; run with evaluation.layers=true a family that has layers.`,
    );
  const found = panelsOf(records, { rows, panels: axis });
  // Over all lines of a panel: each line alone agrees with itself.
  const tables = found.map((panel) => makeTable(panel.records, { rows, cols: "layer", metric }));
  const drawn = found.map((panel) => panelOf(panel, options));
  const exact = records.some(({ layers = [] }) => layers.some((l) => "limitRate" in l));
  const sampled = records.some(({ layers = [] }) =>
    layers.some((l) => !("limitRate" in l) && l["index"] !== 0),
  );
  const over = exact
    ? `${sampled ? "test rows, in closed form over " : ""}draws of what layers draw at random`
    : "test rows";
  return {
    x: { label: "layer (0: the data)", range: [0, 1], scale: "linear" },
    y: {
      label: LAYER_METRICS[metric],
      scale: metric === "ratio" ? "linear" : "log",
      // Where KL is down to round-off its ratio is noise, and so is a bound's.
      ...(metric === "ratio" && { range: [0, 1], byMeans: true }),
      shared: true,
    },
    panels: drawn.map(({ panel }) => panel),
    notes: [
      ...errorNotes(
        drawn.flatMap(({ cells }) => cells),
        over,
      ),
      ...tables.flatMap((table) => table.notes),
      ...referenceNotes(done),
      ...leftOut(records),
      ...counted(without, "without numbers of layers"),
    ],
  };
}
