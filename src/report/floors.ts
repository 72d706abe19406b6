import { distinctBy } from "../math/group-by.ts";
import type { Observation } from "./observation.ts";

/** What no model can pass: the data's entropy, or what a perfect model gets on average with as many draws. */
export const FLOOR = "entropy (floor)";
export const PERFECT = "perfect model (floor)";

/** Floors of the metric, one for each draw of a data set, as a row (or column) of their own. */
export function floorObservations(
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
