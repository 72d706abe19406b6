import { groupBy } from "../math/group-by.ts";
import type { Observation } from "./observation.ts";
import type { ReadRowValues } from "./row-values.ts";
import { compareWithBest, LEVEL, type Comparison, type Entry } from "./significance.ts";
import type { Summary } from "./summarise.ts";

/** What the other entries of its field say about an entry. */
export interface Verdict {
  /** Has the best mean of its field, among those all of whose seeds have a value. */
  readonly best: boolean;
  /** Is the best or not significantly worse than it, and has a mean that no single row decides. */
  readonly bold: boolean;
  /** A single row decides the mean, or the difference from the best: then nobody knows its error. */
  readonly ruledByOneRow: boolean;
  /** With the best one; null of the best itself, of what cannot be the best, and where no test can be made. */
  readonly comparison: Comparison | null;
}

export const NO_VERDICT: Verdict = {
  best: false,
  bold: false,
  ruledByOneRow: false,
  comparison: null,
};

/** Metrics of which more is better. */
const MORE_IS_BETTER = /^(stepsPerSecond|log_likelihood)/;

/** Through a learned inverse, which the data need not be the image of: such a number can lie below the entropy. */
export const isUnnormalised = (kind: string): boolean => /^(?:en|de)coder-jacobian/.test(kind);

/**
 * The mean if it may be the best: if every seed has a value, since a family that lost its worst seeds must not be, and if it
 * is that of a normalised density.
 */
export const comparableMean = ({
  mean,
  failed,
  diverged,
  nonfinite,
  provenance,
}: Summary): number | null =>
  failed + diverged + nonfinite === 0 && !provenance.some(isUnnormalised) ? mean : null;

/** Whether an axis says what is asked rather than who answers: entries that differ in it are no rivals. */
export const isQuestion = (axis: string): boolean =>
  axis === "dataset" || axis === "layer" || axis.startsWith("data.");

/** Along which entries are compared: down a column, along a row where rows are data sets, or not where both are. */
export function fieldsOf(rows: string, cols: string): "col" | "row" | null {
  if (!isQuestion(rows)) return "col";
  return isQuestion(cols) ? null : "row";
}

interface Contest {
  readonly metric: string;
  /** Part of a place that its rivals share. */
  readonly field: "col" | "row";
  readonly read: ReadRowValues | undefined;
}

/** Whether in some run a single row decides the metric. */
const isRuled = (entry: Entry, metric: string): boolean =>
  entry.some(({ record }) => record.metrics[metric]?.ruledByOneRow === true);

/** The verdict on each of these entries; one on which there is none is not the best. */
export function judge(
  summaries: readonly Summary[],
  observations: readonly Observation[],
  { metric, field, read }: Contest,
): ReadonlyMap<Summary, Verdict> {
  const worse = MORE_IS_BETTER.test(metric) ? -1 : 1;
  const runs = groupBy(observations, placeOf);
  const entryOf = (summary: Summary) => runs.get(placeOf(summary)) ?? [];
  const verdicts = new Map<Summary, Verdict>();
  const fields = groupBy(
    summaries.filter((summary) => comparableMean(summary) !== null),
    (summary) => summary[field],
  );
  for (const rivals of fields.values()) {
    const means = rivals.map(({ mean }) => worse * (mean ?? NaN));
    const least = Math.min(...means);
    const best = rivals.filter((_, i) => means[i] === least);
    const others = rivals.filter((_, i) => means[i] !== least);
    for (const summary of best) {
      const ruledByOneRow = isRuled(entryOf(summary), metric);
      const bold = !ruledByOneRow;
      verdicts.set(summary, { best: true, bold, ruledByOneRow, comparison: null });
    }
    const [first] = best;
    if (first === undefined) continue;
    const found = compareWithBest(entryOf(first), others.map(entryOf), metric, { worse, read });
    others.forEach((summary, i) => {
      const comparison = found[i] ?? null;
      const ruledByOneRow =
        (comparison?.ruledByOneRow ?? false) || isRuled(entryOf(summary), metric);
      const bold = comparison !== null && comparison.p > LEVEL && !ruledByOneRow;
      verdicts.set(summary, { best: false, bold, ruledByOneRow, comparison });
    });
  }
  return verdicts;
}

const placeOf = ({ row, col }: { readonly row: string; readonly col: string }): string =>
  JSON.stringify([row, col]);
