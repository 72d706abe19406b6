import { mean } from "../../math/statistics.ts";
import type { RunRecord } from "../../record.ts";
import { assertComparable, Incomparable } from "../comparable.ts";
import { metricNames, observe, type Observation } from "../observation.ts";
import type { ReadRowValues } from "../row-values.ts";
import { differingValues, type DifferingValue, type OriginOf } from "./differing-values.ts";
import type { Entry } from "./pair-entries.ts";
import { testPairs, type PairedTests } from "./paired.ts";

/** One number of two configurations. Means are over the common seeds, where there are any. */
export interface MetricDifference extends PairedTests {
  readonly metric: string;
  readonly unit: string | null;
  /** Kinds of likelihood, where they are not exact. */
  readonly marks: readonly string[];
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  /** Seeds that both means are over; 0 where each side is averaged over its own. */
  readonly pairs: number;
}

export interface EntryComparison {
  readonly label: string;
  readonly configuration: readonly DifferingValue[];
  readonly seeds: readonly number[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
  /** Why no test may be made, if so. */
  readonly incomparable: string | null;
  readonly metrics: readonly MetricDifference[];
  /** What the reader should know: metrics of one side only, runs that are not done. */
  readonly notes: readonly string[];
}

/** Why numbers of two entries may not stand side by side; null if they may. */
export function whyIncomparable(a: Entry, b: Entry): string | null {
  try {
    assertComparable([...a, ...b], []);
    return null;
  } catch (error) {
    if (error instanceof Incomparable) return error.reason;
    throw error;
  }
}

const isDone = ({ status }: RunRecord): boolean => status === "done";

const observations = (entry: Entry, metric: string): readonly Observation[] =>
  observe(entry.filter(isDone), { rows: "family", cols: "dataset", metric }).filter(({ value }) =>
    Number.isFinite(value),
  );

const NO_TESTS: PairedTests = { seeds: null, rows: null, ruledByOneRow: false };

function compareMetric(
  metric: string,
  [a, b]: readonly [Entry, Entry],
  read: ReadRowValues | undefined,
): MetricDifference {
  const [all, others] = [observations(a, metric), observations(b, metric)];
  const has = (list: readonly Observation[], seed: number): boolean =>
    list.some(({ record }) => record.seed === seed);
  const left = all.filter(({ record }) => has(others, record.seed));
  const right = others.filter(({ record }) => has(all, record.seed));
  const paired = read !== undefined && left.length > 0;
  const [x, y] = paired ? [left, right] : [all, others];
  const [meanA, meanB] = [x, y].map((list) => mean(list.map(({ value }) => value)));
  const unit = [...x, ...y]
    .map(({ record }) => record.metrics[metric]?.unit)
    .find((u) => u !== undefined);
  const kinds = new Set([...x, ...y].map(({ provenance }) => provenance));
  kinds.delete("exact");
  return {
    ...{ metric, unit: unit ?? null, marks: [...kinds], a: meanA ?? NaN, b: meanB ?? NaN },
    difference: (meanB ?? NaN) - (meanA ?? NaN),
    pairs: paired ? left.length : 0,
    ...(paired ? testPairs(left, right, metric, read) : NO_TESTS),
  };
}

function notesOf(a: Entry, b: Entry): readonly string[] {
  const lost = [a, b].flatMap((entry, side) =>
    entry
      .filter((record) => !isDone(record))
      .map(
        ({ seed, status, reason }) =>
          `${side === 0 ? "A" : "B"}, seed ${seed}: ${status}, ${(reason ?? "without a reason").split("\n")[0] ?? ""}`,
      ),
  );
  const [left, right] = [metricNames(a, false), metricNames(b, false)];
  const only = (x: readonly string[], y: readonly string[]) => x.filter((n) => !y.includes(n));
  const missing = [only(left, right), only(right, left)].flatMap((names, side) =>
    names.length === 0 ? [] : [`only ${side === 0 ? "A" : "B"} has ${names.join(", ")}`],
  );
  return [...lost, ...missing];
}

/** What two configurations differ in, and by how much their numbers do. */
export function compareEntries(
  { a, b, label }: { readonly a: Entry; readonly b: Entry; readonly label: string },
  { read, origin }: { readonly read: ReadRowValues; readonly origin: OriginOf },
): EntryComparison {
  const incomparable = whyIncomparable(a, b);
  const [left, right] = [a, b].map((entry) => entry.filter(isDone).map(({ seed }) => seed));
  const sorted = (seeds: readonly number[] = []) => seeds.toSorted((x, y) => x - y);
  const only = (x: readonly number[] = [], y: readonly number[] = []) =>
    sorted(x.filter((seed) => !y.includes(seed)));
  const names = metricNames(a, false).filter((name) => metricNames(b, false).includes(name));
  const [firstA, firstB] = [a[0], b[0]];
  return {
    label,
    configuration:
      firstA === undefined || firstB === undefined ? [] : differingValues(firstA, firstB, origin),
    seeds: sorted(left?.filter((seed) => right?.includes(seed))),
    onlyA: only(left, right),
    onlyB: only(right, left),
    incomparable,
    metrics: names.map((name) =>
      compareMetric(name, [a, b], incomparable === null ? read : undefined),
    ),
    notes: notesOf(a, b),
  };
}
