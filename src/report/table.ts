import type { RunRecord } from "../record.ts";
import { assertComparable, differingKeys } from "./comparable.ts";
import { configValue, observe, type Observation } from "./observation.ts";
import { summarise, type Summary } from "./summarise.ts";

export interface TableOptions {
  /** family, dataset, seed, layer, or any key of the configuration. */
  readonly rows?: string;
  readonly cols?: string;
  /** A metric of the record, or a number of its training. */
  readonly metric?: string;
}

/** One entry of a table. */
export interface Cell extends Summary {
  readonly row: string;
  readonly col: string;
  readonly metric: string;
  /** Has the best mean on its data set, among those without failed seeds. */
  readonly best: boolean;
  /** A bound that no model can pass, not a model. */
  readonly floor: boolean;
}

export interface Table {
  readonly rowsAxis: string;
  readonly colsAxis: string;
  readonly metric: string;
  readonly rows: readonly string[];
  readonly cols: readonly string[];
  readonly cells: readonly Cell[];
}

export const FLOOR = "entropy (floor)";

/** Metrics of which more is better. */
const MORE_IS_BETTER = /^(stepsPerSecond|log_likelihood)/;

/** Where one place holds runs of several configurations, the keys in which they differ become part of its row. */
function splitVariants(observations: readonly Observation[], cols: string): readonly Observation[] {
  const places = new Map<string, Observation[]>();
  for (const o of observations) places.set(o.row, [...(places.get(o.row) ?? []), o]);
  return [...places.values()].flatMap((members) => {
    const records = members.map((o) => o.record);
    // A hash differs between data sets as well: what counts is whether a column holds two of them.
    const mixed = members.some((a) =>
      members.some((b) => a.col === b.col && a.record.configHash !== b.record.configHash),
    );
    if (!mixed) return members;
    const keys = ["family", "training", "evaluation", "engine"]
      .flatMap((group) => differingKeys(records, group))
      .filter((key) => key !== cols && key !== "family.name");
    const label = ({ record }: Observation): string =>
      [
        ...keys.map((key) => `${key}=${JSON.stringify(configValue(record, key))}`),
        ...(keys.length === 0 ? [`version ${String(record.provenance["version"])}`] : []),
      ].join(", ");
    return members.map((o) => ({ ...o, row: `${o.row} (${label(o)})` }));
  });
}

/** Entropies of the data sets, as a row (or column) of their own. */
function floorObservations(
  observations: readonly Observation[],
  place: "row" | "col",
): readonly Observation[] {
  return observations.flatMap((o) => {
    const entropy = o.record.metrics["entropy"];
    return o.record.status === "done" && typeof entropy?.value === "number"
      ? [{ ...o, [place]: FLOOR, value: entropy.value, stderr: NaN, provenance: "exact" }]
      : [];
  });
}

const key = (row: string, col: string): string => JSON.stringify([row, col]);

/**
 * Puts the records of runs into a table: mean and standard error over seeds, with those that failed.
 *
 * @throws Incomparable if the numbers do not belong side by side
 */
export function makeTable(records: readonly RunRecord[], options: TableOptions = {}): Table {
  const { rows = "family", cols = "dataset", metric = "test_nll" } = options;
  assertComparable(records, [rows, cols]);
  const observations = splitVariants(observe(records, { rows, cols, metric }), cols);
  // What is compared stands on one data set: in one column, or in one row where the rows are data sets.
  const byRow = rows === "dataset" || rows.startsWith("data.");
  const floored = metric === "test_nll" && rows !== "layer" && cols !== "layer";
  const floors = floored ? floorObservations(observations, byRow ? "col" : "row") : [];
  const summaries = summarise(observations);
  const floorSummaries = summarise(floors);
  const better = (a: number, b: number): boolean => (MORE_IS_BETTER.test(metric) ? a > b : a < b);
  const bestOf = new Map<string, number>();
  const field = (s: Summary): string => (byRow ? s.row : s.col);
  for (const summary of summaries) {
    const { mean, failed, diverged } = summary;
    const best = bestOf.get(field(summary));
    if (mean !== null && failed + diverged === 0 && (best === undefined || better(mean, best)))
      bestOf.set(field(summary), mean);
  }
  const cells = [
    ...floorSummaries.map((s): Cell => ({
      ...s,
      stderr: null,
      metric,
      best: false,
      floor: true,
    })),
    ...summaries.map((s): Cell => ({
      ...s,
      metric,
      best: s.mean !== null && s.failed + s.diverged === 0 && s.mean === bestOf.get(field(s)),
      floor: false,
    })),
  ];
  const distinct = (names: readonly string[]): string[] => [...new Set(names)];
  return {
    rowsAxis: rows,
    colsAxis: cols,
    metric,
    rows: distinct(cells.map((cell) => cell.row)),
    cols: distinct(cells.map((cell) => cell.col)),
    cells,
  };
}

/** The cell at a place, if any run belongs there. */
export const cellAt = (table: Table, row: string, col: string): Cell | undefined =>
  table.cells.find((cell) => key(cell.row, cell.col) === key(row, col));
