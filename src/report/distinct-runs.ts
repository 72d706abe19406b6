import type { RunRecord } from "../record.ts";
import { distinctBy } from "../math/group-by.ts";

/** The same run in two folders is one: counted twice it would make the error of the mean too small. */
export function distinctRuns(records: readonly RunRecord[]): {
  readonly runs: readonly RunRecord[];
  readonly notes: readonly string[];
} {
  // One that is done first, since the other try may have failed for an outer reason.
  const ordered = records.toSorted(
    (a, b) => Number(b.status === "done") - Number(a.status === "done"),
  );
  const kept = new Set(
    distinctBy(ordered, ({ configHash, seed, family, dataset }) =>
      JSON.stringify([configHash, seed, family, dataset]),
    ),
  );
  const runs = records.filter((record) => kept.has(record));
  const twice = records.length - runs.length;
  if (twice === 0) return { runs, notes: [] };
  const what =
    twice === 1 ? "1 record repeats a run and is" : `${twice} records repeat runs and are`;
  return { runs, notes: [`${what} left out: same configuration, seed, family and data set.`] };
}
