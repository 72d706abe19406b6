import type { RunRecord } from "../record.ts";
import { assertComparable, differingKeys } from "./comparable.ts";
import { layerCompanions } from "./layer-companions.ts";
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
  /** Has the best mean on its data set, among those all of whose seeds have a value. */
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
  /** What the reader should know, such as runs that were given twice. */
  readonly notes: readonly string[];
  /** Some numbers are of a closed form, without test rows. */
  readonly closedForm: boolean;
}

/** What no model can pass: the data's entropy, or what a perfect model gets on average with as many draws. */
export const FLOOR = "entropy (floor)";
export const PERFECT = "perfect model (floor)";

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

/**
 * The mean if it may be the best: if every seed has a value, since a family that lost its worst seeds must not be, and if it
 * is that of a normalised density.
 */
const comparableMean = ({
  mean,
  failed,
  diverged,
  nonfinite,
  provenance,
}: Summary): number | null =>
  failed + diverged + nonfinite === 0 && !provenance.some(isUnnormalised) ? mean : null;

/** Through a learned inverse, which the data need not be the image of: such a number can lie below the entropy. */
export const isUnnormalised = (kind: string): boolean => /^(?:en|de)coder-jacobian/.test(kind);

/** The first item of each name. */
function distinctBy<T>(items: readonly T[], name: (item: T) => string): readonly T[] {
  const found = new Map<string, T>();
  for (const item of items) if (!found.has(name(item))) found.set(name(item), item);
  return [...found.values()];
}

/** Floors of the metric, one for each draw of a data set, as a row (or column) of their own. */
function floorObservations(
  observations: readonly Observation[],
  metric: string,
  place: "row" | "col",
): readonly Observation[] {
  const likelihood = metric === "test_nll";
  const name = likelihood ? FLOOR : PERFECT;
  const all = observations.flatMap((o) => {
    const { status, metrics } = o.record;
    const value = likelihood ? metrics["entropy"]?.value : metrics[metric]?.["floor"];
    return status === "done" && typeof value === "number"
      ? [{ ...o, [place]: name, value, stderr: NaN, provenance: "exact" }]
      : [];
  });
  // Every family has the floor of the same draw in its record.
  return distinctBy(all, ({ row, col, record }) =>
    JSON.stringify([row, col, record.dataset, record.seed]),
  );
}

/** The same run in two folders is one: counted twice it would make the error of the mean too small. */
function distinctRuns(records: readonly RunRecord[]): {
  readonly runs: readonly RunRecord[];
  readonly notes: readonly string[];
} {
  // One that is done first, since the other try may have failed for an outer reason.
  const ordered = records.toSorted(
    (a, b) => Number(b.status === "done") - Number(a.status === "done"),
  );
  const kept = distinctBy(ordered, ({ configHash, seed, family, dataset }) =>
    JSON.stringify([configHash, seed, family, dataset]),
  );
  const runs = records.filter((record) => kept.includes(record));
  const twice = records.length - runs.length;
  if (twice === 0) return { runs, notes: [] };
  const what =
    twice === 1 ? "1 record repeats a run and is" : `${twice} records repeat runs and are`;
  return { runs, notes: [`${what} left out: same configuration, seed, family and data set.`] };
}

const key = (row: string, col: string): string => JSON.stringify([row, col]);

/**
 * Puts the records of runs into a table: mean and standard error over seeds, with those that failed.
 *
 * @throws Incomparable if the numbers do not belong side by side
 */
export function makeTable(records: readonly RunRecord[], options: TableOptions = {}): Table {
  const { rows = "family", cols = "dataset", metric = "test_nll" } = options;
  const { runs, notes } = distinctRuns(records);
  assertComparable(records, [rows, cols]);
  const observations = splitVariants(observe(runs, { rows, cols, metric }), cols);
  // What is compared stands on one data set: in one column, or in one row where the rows are data sets.
  const byRow = rows === "dataset" || rows.startsWith("data.");
  const floored = rows !== "layer" && cols !== "layer";
  const floors = floored ? floorObservations(observations, metric, byRow ? "col" : "row") : [];
  const companions = floored
    ? []
    : splitVariants(layerCompanions(runs, { rows, cols, metric }), cols);
  const summaries = summarise(observations);
  const floorSummaries = summarise(floors);
  const better = (a: number, b: number): boolean => (MORE_IS_BETTER.test(metric) ? a > b : a < b);
  const bestOf = new Map<string, number>();
  const field = (s: Summary): string => (byRow ? s.row : s.col);
  for (const summary of summaries) {
    const best = bestOf.get(field(summary));
    const mean = comparableMean(summary);
    if (mean !== null && (best === undefined || better(mean, best)))
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
      best: comparableMean(s) !== null && s.mean === bestOf.get(field(s)),
      floor: false,
    })),
    ...summarise(companions).map((s): Cell => ({ ...s, metric, best: false, floor: true })),
  ];
  const distinct = (names: readonly string[]): string[] => [...new Set(names)];
  return {
    rowsAxis: rows,
    colsAxis: cols,
    metric,
    rows: distinct(cells.map((cell) => cell.row)),
    cols: distinct(cells.map((cell) => cell.col)),
    cells,
    notes,
    closedForm: companions.length > 0,
  };
}

/** The cell at a place, if any run belongs there. */
export const cellAt = (table: Table, row: string, col: string): Cell | undefined =>
  table.cells.find((cell) => key(cell.row, cell.col) === key(row, col));
