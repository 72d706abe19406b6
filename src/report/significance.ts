import { holm } from "../math/holm.ts";
import { pairedTTest, type PairedTest } from "../math/paired-t-test.ts";
import type { Observation } from "./observation.ts";
import type { ReadRowValues, RowValues } from "./row-values.ts";

/** Chance, in a field of a table, of calling a given difference real where there is none. */
export const LEVEL = 0.05;

/** How an entry compares with the best one of its field. Differences are the entry's number minus the best one's. */
export interface Comparison {
  /** That the entry is no worse, adjusted for the other entries of the field (Holm). */
  readonly p: number;
  /** Over the seeds that both have; null where these are fewer than two. */
  readonly seeds: PairedTest | null;
  /** Over the test rows of these seeds; null where log p per row was not kept, or not for the same rows. */
  readonly rows: PairedTest | null;
  /**
   * One row of many has most of the squares of the test over rows: a density that collapsed there, say. Then the mean has no
   * known error, and that no test calls the entry worse speaks for nothing.
   */
  readonly ruledByOneRow: boolean;
}

/**
 * Likelihoods are computed in float32, half a unit in whose last place is 2⁻²⁴ of a number; some of them add up in a sum of terms. A
 * smaller share of what is compared is arithmetic and no difference of models, however sure it is.
 */
const ROUND_OFF = 2 ** -22;

/** From so many rows on, a sum of which one has more than half is no longer like a normal one. */
const MANY_ROWS = 30;

/** The runs of an entry. */
export type Entry = readonly Observation[];

const sameRows = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

type Pair = readonly [entry: Observation, best: Observation];
type Read = (observation: Observation) => RowValues | undefined;

/** The test over the rows of all draws of which both have the terms of the same rows. */
function overRows(pairs: readonly Pair[], entry: Read, best: Read): PairedTest | undefined {
  const differences: number[] = [];
  const ids: number[] = [];
  for (const [o, other] of pairs) {
    const [a, b] = [entry(o), best(other)];
    if (a === undefined || b === undefined || !sameRows(a.ids, b.ids)) continue;
    for (let i = 0; i < a.values.length; i++) {
      differences.push((a.values[i] ?? NaN) - (b.values[i] ?? NaN));
      ids.push(a.ids[i] ?? NaN);
    }
  }
  return pairedTTest(differences, ids);
}

/**
 * Compares the entries of a field (those that could be the best) with the best one, by two tests that answer different
 * questions.
 *
 * Over seeds: Student's t on the differences at equal seeds. It has the variation of training and, where each seed draws its
 * own data, of the data, but not that of a test set that all seeds share.
 *
 * Over test rows: Student's t on the differences of log p at each row of each seed that both have. It has the variation of a
 * finite test set and takes the trained models as they are. Rows of one id are one cluster: where the seeds share a
 * test set (a file that is split by row numbers) a row seen by five models is not five rows. Where each seed draws its own
 * rows the ids say nothing, but clusters of independent rows leave the error what it is.
 *
 * An entry is worse only if every test that can be made says so: p is the largest of theirs, and 1 where the difference
 * is in the entry's favour. Tests are two-sided, since which of two equal entries is called the best is read off the same
 * numbers: one-sided ones would err twice as often as they say. Holm's correction is for the comparisons of the field; it
 * does not know that the best was chosen among many: of six equal entries a given one is called worse in 1 to 3 of 100 simulated
 * tables, but some one of them in 7 to 10.
 *
 * @param worse the sign of a difference that is in the best one's favour
 * @returns of each entry, null where no test can be made
 */
export function compareWithBest(
  best: Entry,
  entries: readonly Entry[],
  metric: string,
  { worse, read }: { readonly worse: 1 | -1; readonly read: ReadRowValues | undefined },
): readonly (Comparison | null)[] {
  // Entries of a field saw the same rows where the seed is the same: assertComparable has made sure of it.
  const ofBest = new Map(best.map((o) => [o.record.seed, o]));
  const readOne: Read = ({ record }) => read?.(record, metric);
  // The best one's are read once for all entries, whose own are not kept: a table can be of thousands of runs.
  const kept = new Map<Observation, RowValues | undefined>();
  const readBest: Read = (o) => {
    if (!kept.has(o)) kept.set(o, readOne(o));
    return kept.get(o);
  };
  const tests = entries.map((entry) => {
    const pairs = entry.flatMap((o): Pair[] => {
      const other = ofBest.get(o.record.seed);
      return other === undefined ? [] : [[o, other]];
    });
    const seeds = pairedTTest(pairs.map(([a, b]) => a.value - b.value)) ?? null;
    const rows = overRows(pairs, readOne, readBest) ?? null;
    const made = [seeds, rows].filter((test) => test !== null);
    // A log-likelihood near 0 is the sum of terms that are not.
    const least = rows === null ? 0 : 1;
    const size = Math.max(least, ...pairs.flatMap(([a, b]) => [a.value, b.value].map(Math.abs)));
    const ps = made.map(({ difference, p }) => (difference * worse > ROUND_OFF * size ? p : 1));
    return { seeds, rows, p: made.length === 0 ? null : Math.max(...ps) };
  });
  const adjusted = holm(tests.flatMap(({ p }) => p ?? []));
  let next = 0;
  return tests.map(({ seeds, rows, p }) => {
    if (p === null) return null;
    const ruledByOneRow = rows !== null && rows.df >= MANY_ROWS && rows.largestShare > 0.5;
    return { seeds, rows, ruledByOneRow, p: adjusted[next++] ?? NaN };
  });
}
