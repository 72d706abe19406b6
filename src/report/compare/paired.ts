import type { PairedTest } from "../../math/paired-t-test.ts";
import type { Observation } from "../observation.ts";
import type { ReadRowValues } from "../row-values.ts";
import { compareWithBest } from "../significance.ts";

/** What the pairs say about the difference b − a. */
export interface PairedTests {
  /** Over the seeds; null for fewer than two. */
  readonly seeds: PairedTest | null;
  /** Over test rows of these seeds; null where log p per row was not kept, or not for the same rows. */
  readonly rows: PairedTest | null;
  /** One test row has most of the squares: no error is known then. */
  readonly ruledByOneRow: boolean;
}

/** The tests that tables make, of b against a, for runs of the same seeds. */
export function testPairs(
  a: readonly Observation[],
  b: readonly Observation[],
  metric: string,
  read: ReadRowValues,
): PairedTests {
  const [found] = compareWithBest(a, [b], metric, { worse: 1, read });
  const { seeds = null, rows = null, ruledByOneRow = false } = found ?? {};
  return { seeds, rows, ruledByOneRow };
}
