import type { RunRecord } from "../record.ts";
import { isQuestion } from "./best.ts";
import { differingKeys } from "./comparable.ts";
import { errorNotes } from "./error-note.ts";
import { NothingToDraw, type Figure, type Point, type Series } from "./figure/figure.ts";
import { floorObservations } from "./references.ts";
import { counted, leftOut } from "./left-out.ts";
import { groupBy } from "../math/group-by.ts";
import { axisLabel, type Line } from "./lines.ts";
import { metricLabel } from "./metric-label.ts";
import { configValue, observe } from "./observation.ts";
import { panelsOf, type PanelRecords } from "./panels.ts";
import { summarise, type Summary } from "./summarise.ts";
import { makeTable } from "./table.ts";

export interface MetricFigureOptions {
  readonly rows: string;
  readonly panels: string;
  readonly metric: string;
  /** A key of the configuration that holds numbers, or a number of the record, such as what a run costs. */
  readonly x: string;
}

type Named = Summary & { readonly name: string };
interface Drawn {
  readonly series: readonly Series[];
  readonly cells: readonly Named[];
}

const hasNumber = (record: RunRecord, key: string): boolean =>
  typeof configValue(record, key) === "number";

/** Whether records, or some of them, hold a number at this key of their configuration. */
export const isNumericKey = (records: readonly RunRecord[], key: string): boolean =>
  records.some((record) => hasNumber(record, key));

/** Kinds that need no word, as in tables. */
const UNMARKED: readonly string[] = ["exact", "samples"];

/** The legend's name of each series: with the kinds of its likelihoods, over all panels, where they are not all exact. */
function marksOf(cells: readonly Named[]): (series: Series) => Series {
  const kinds = groupBy(cells, ({ name }) => name);
  return (series) => {
    const found = (kinds.get(series.name) ?? []).flatMap(({ provenance }) => provenance);
    const marks = [...new Set(found)].filter((kind) => !UNMARKED.includes(kind));
    return marks.length === 0
      ? series
      : { ...series, name: `${series.name} [${marks.join(" / ")}]` };
  };
}

const models = (
  records: readonly RunRecord[],
  options: { rows: string; cols: string; metric: string },
) => makeTable(records, options).cells.filter(({ reference }) => reference === null);

/** A line along a key of the configuration: the row of a table whose columns are its values. */
function alongKey(line: Line, { rows, metric, x }: MetricFigureOptions): Drawn {
  const cells = models(line.records, { rows, cols: x, metric });
  const points = cells
    .map(({ col, mean, stderr }): Point => ({ x: Number(col), y: mean ?? NaN, yError: stderr }))
    .toSorted((a, b) => a.x - b.x);
  const { name } = line;
  const series = { name, kind: "measured", errors: "bars", connected: true, points } as const;
  return { series: [series], cells: cells.map((cell) => ({ ...cell, name })) };
}

/** Whether the variants of a row are one family of models along a single number, of each of which there is one. */
function alongOneKey(records: readonly RunRecord[]): boolean {
  const keys = ["family", "training", "evaluation", "engine"].flatMap((group) =>
    differingKeys(records, group),
  );
  const [key] = keys;
  if (keys.length !== 1 || key === undefined || !isNumericKey(records, key)) return false;
  const places = groupBy(records, (r) => JSON.stringify([r.dataset, configValue(r, key)]));
  return [...places.values()].every((own) => new Set(own.map((r) => r.configHash)).size === 1);
}

/** The variants of a row as points over what each costs, both means over the same runs. */
function overCost(lines: readonly Line[], { rows, metric, x }: MetricFigureOptions): Drawn {
  const found = lines.flatMap(({ records }) => {
    const cells = models(records, { rows, cols: "dataset", metric });
    // The cost of a run that has no value would belong to no point.
    const valued = records.filter((record) =>
      observe([record], { rows, cols: "dataset", metric }).some(
        ({ value }) => record.status === "done" && Number.isFinite(value),
      ),
    );
    const costs = models(valued, { rows, cols: "dataset", metric: x });
    return cells.map((cell) => ({ cell, cost: costs[0] }));
  });
  const name = axisLabel(rows, lines[0]?.row ?? "");
  const points = found
    .map(({ cell, cost }): Point => ({
      ...{ x: cost?.mean ?? NaN, xError: cost?.stderr ?? null },
      ...{ y: cost?.mean == null ? NaN : (cell.mean ?? NaN), yError: cell.stderr },
    }))
    .toSorted((a, b) => a.x - b.x);
  const connected = alongOneKey(lines.flatMap(({ records }) => records));
  return {
    series: [{ name, kind: "measured", errors: "bars", connected, points }],
    cells: found.map(({ cell }) => ({ ...cell, name })),
  };
}

/** What no model can pass: a line along the key, or one across the panel; where lines are of several data, one for each of them. */
function floorSeries(
  records: readonly RunRecord[],
  axes: { readonly rows: string; readonly cols: string; readonly metric: string },
  isKey: boolean,
): readonly Series[] {
  const { rows, metric } = axes;
  const floors = floorObservations(observe(records, axes), metric, ({ row }, name) => ({
    row: isQuestion(rows) ? `${axisLabel(rows, row)}: ${name}` : name,
  }));
  return [...groupBy(summarise(floors), ({ row }) => row)].map(([name, cells]): Series => {
    const points = cells
      .map(({ col, mean }) => ({ x: isKey ? Number(col) : 0, y: mean ?? NaN }))
      .toSorted((a, b) => a.x - b.x);
    const kind = points.length === 1 ? "level" : "theory";
    return { name, kind, errors: "bars", connected: true, points };
  });
}

function drawPanelOf(panel: PanelRecords, options: MetricFigureOptions, isKey: boolean) {
  const { rows, metric, x } = options;
  const axes = { rows, cols: isKey ? x : "dataset", metric };
  // Over all lines of the panel: each line alone agrees with itself.
  const { notes } = makeTable(panel.records, axes);
  const drawn = isKey
    ? panel.lines.map((line) => alongKey(line, options))
    : [...groupBy(panel.lines, ({ row }) => row).values()].map((lines) => overCost(lines, options));
  const series = drawn.flatMap(({ series }) => series.filter(({ points }) => points.length > 0));
  const floors = floorSeries(panel.records, axes, isKey);
  return {
    panel: { title: panel.title, series: [...series, ...floors] },
    cells: drawn.flatMap(({ cells }) => cells),
    notes,
  };
}

/**
 * A metric of tables against a number of the configuration, or against what the runs cost.
 *
 * @throws Incomparable as tables do; NothingToDraw if no run that is done has both numbers
 */
export function metricFigure(given: readonly RunRecord[], options: MetricFigureOptions): Figure {
  const { rows, metric, x } = options;
  const isKey = isNumericKey(given, x);
  // A family that does not have the option has no place along it.
  const records = isKey ? given.filter((record) => hasNumber(record, x)) : given;
  const found = panelsOf(records, { rows, panels: options.panels, ...(isKey && { x }) });
  const drawn = found.map((panel) => drawPanelOf(panel, options, isKey));
  const points = drawn
    .flatMap(({ panel }) => panel.series.filter(({ kind }) => kind === "measured"))
    .flatMap((series) => series.points)
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  if (points.length === 0)
    throw new NothingToDraw(`no run that is done has both ${metric} and ${x} as finite numbers.`);
  const mark = marksOf(drawn.flatMap(({ cells }) => cells));
  const values = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  return {
    x: {
      label: isKey ? x : metricLabel(records, x),
      scale: "auto",
      ...(isKey && values.length <= 8 && { ticks: values }),
    },
    y: {
      label: metricLabel(records, metric),
      scale: "auto",
      shared: false,
    },
    panels: drawn.map(({ panel }) => ({ ...panel, series: panel.series.map(mark) })),
    notes: [
      ...errorNotes(drawn.flatMap(({ cells }) => cells)),
      ...new Set(drawn.flatMap(({ notes }) => notes)),
      ...leftOut(records),
      ...counted(
        given.filter((record) => !records.includes(record)),
        `without a number at ${x}`,
      ),
    ],
  };
}
