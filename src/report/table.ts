import type { RunRecord } from "../record.ts";
import { fieldsOf, judge, NO_VERDICT, type Verdict } from "./best.ts";
import { assertComparable } from "./comparable.ts";
import { distinctRuns } from "./distinct-runs.ts";
import { layerCompanions } from "./layer-companions.ts";
import { counted, leftOut } from "./left-out.ts";
import { observe, type Observation } from "./observation.ts";
import type { ReadRowValues } from "./row-values.ts";
import { baselineObservations, floorObservations } from "./references.ts";
import { summarise, type Summary } from "./summarise.ts";
import { splitVariants } from "./variants.ts";

export interface TableOptions {
  /** family, dataset, seed, layer, or any key of the configuration. */
  readonly rows?: string;
  readonly cols?: string;
  /** A metric of the record, or a number of its training. */
  readonly metric?: string;
  /** Entries with a value of fewer seeds are not shown, and never the best. */
  readonly minSeeds?: number;
  /** Terms of likelihoods per test row; without it entries are compared over seeds only. */
  readonly read?: ReadRowValues;
}

/** One entry of a table. */
export interface Cell extends Summary, Verdict {
  readonly row: string;
  readonly col: string;
  readonly metric: string;
  /** Why a mean that there is does not stand here. */
  readonly withheld: string | null;
  /** Of a number that models are held against, what it is: a bound that none can pass, a simple model, a closed form. Null of a model. */
  readonly reference: "floor" | "baseline" | "theory" | null;
}

export interface Table {
  readonly rowsAxis: string;
  readonly colsAxis: string;
  readonly metric: string;
  readonly rows: readonly string[];
  readonly cols: readonly string[];
  readonly cells: readonly Cell[];
  /** Along which entries are compared: within a column, within a row, or not, as where both are data sets. */
  readonly field: "col" | "row" | null;
  /** What the reader should know, such as runs that were given twice. */
  readonly notes: readonly string[];
  /** Sentences on runs that no cell can count: of those without layers, in a table of layers. */
  readonly outside: readonly string[];
  /** Some numbers are of a closed form, without test rows. */
  readonly closedForm: boolean;
}

/** The summary without its number where that is of fewer seeds than wanted. */
function withhold(summary: Summary, minSeeds: number): Summary & { withheld: string | null } {
  const { n } = summary;
  if (n >= minSeeds || n === 0) return { ...summary, withheld: null };
  const withheld = `n ${n}, fewer than ${minSeeds}`;
  return { ...summary, mean: null, stderr: null, stderrOver: null, withheld };
}

/** Beside the models that it bounds: a row of a column of data, a column of a row; of several columns of data one for each. */
const referencePlace = {
  col: (_: unknown, name: string) => ({ row: name }),
  row: (_: unknown, name: string) => ({ col: name }),
  none: ({ col }: Pick<Observation, "col">, name: string) => ({ col: `${col}: ${name}` }),
} as const;

/** Runs that have no layers, since they came to no end or their family has none. */
const withoutLayers = (runs: readonly RunRecord[]): readonly string[] => [
  ...leftOut(runs.filter(({ layers }) => layers === undefined)),
  ...counted(
    runs.filter(({ status, layers }) => status === "done" && layers === undefined),
    "without numbers of layers",
  ),
];

/** The models of a table, each with what its rivals say about it. */
function modelCells(
  observations: readonly Observation[],
  field: Table["field"],
  { metric, minSeeds, read }: { metric: string; minSeeds: number; read: ReadRowValues | undefined },
): readonly Cell[] {
  const summaries = summarise(observations).map((summary) => withhold(summary, minSeeds));
  const verdicts =
    field === null ? undefined : judge(summaries, observations, { metric, field, read });
  return summaries.map((s) => ({
    ...{ ...s, metric, reference: null },
    ...(verdicts?.get(s) ?? NO_VERDICT),
  }));
}

/**
 * Puts the records of runs into a table: mean and standard error over seeds, with those that failed.
 *
 * @throws Incomparable if the numbers do not belong side by side
 */
export function makeTable(records: readonly RunRecord[], options: TableOptions = {}): Table {
  const { rows = "family", cols = "dataset", metric = "test_nll", minSeeds = 1, read } = options;
  const { runs, notes } = distinctRuns(records);
  assertComparable(records, [rows, cols]);
  const observations = splitVariants(observe(runs, { rows, cols, metric }), { rows, cols });
  const field = fieldsOf(rows, cols);
  const ofLayers = rows === "layer" || cols === "layer";
  const placed = [observations, metric, referencePlace[field ?? "none"]] as const;
  const floors = ofLayers ? [] : floorObservations(...placed);
  const baselines = ofLayers ? [] : baselineObservations(...placed);
  const companions = ofLayers
    ? splitVariants(layerCompanions(runs, { rows, cols, metric }), { rows, cols })
    : [];
  // Numbers of layers are no means over kept rows, whatever their name.
  const contest = { metric, minSeeds, read: ofLayers ? undefined : read };
  const beside = (kind: Cell["reference"], of: readonly Observation[]): readonly Cell[] =>
    summarise(of).map((s) => ({
      ...(kind === "baseline" ? withhold(s, minSeeds) : { ...s, withheld: null }),
      ...{ ...NO_VERDICT, metric, reference: kind },
      // Exact for each draw: how draws differ is no error of it.
      ...(kind === "floor" && { stderr: null }),
    }));
  const cells = [
    ...beside("floor", floors),
    ...beside("baseline", baselines),
    ...modelCells(observations, field, contest),
    ...beside("theory", companions),
  ];
  const distinct = (names: readonly string[]): string[] => [...new Set(names)];
  return {
    rowsAxis: rows,
    colsAxis: cols,
    metric,
    rows: distinct(cells.map((cell) => cell.row)),
    cols: distinct(cells.map((cell) => cell.col)),
    cells,
    field,
    notes,
    outside: ofLayers ? withoutLayers(runs) : [],
    closedForm: companions.length > 0,
  };
}

/** The cell at a place, if any run belongs there. */
export const cellAt = (table: Table, row: string, col: string): Cell | undefined =>
  table.cells.find((cell) => cell.row === row && cell.col === col);
