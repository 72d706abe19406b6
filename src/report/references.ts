import { distinctBy } from "../math/group-by.ts";
import type { Observation } from "./observation.ts";

/** What no model can pass: the data's entropy, or what a perfect model gets on average with as many draws. */
export const FLOOR = "entropy (floor)";
export const PERFECT = "perfect model (floor)";

type Place = Pick<Observation, "row" | "col">;

/**
 * Floors of the metric, one for each draw of the data at each place.
 *
 * @param placeOf where the floor of a run stands, given its name: not at the same place as that of other data
 */
export function floorObservations(
  observations: readonly Observation[],
  metric: string,
  placeOf: (observation: Place, name: string) => Partial<Place>,
): readonly Observation[] {
  const likelihood = metric === "test_nll";
  const name = likelihood ? FLOOR : PERFECT;
  const all = observations.flatMap((o) => {
    const { status, metrics } = o.record;
    const value = likelihood ? metrics["entropy"]?.value : metrics[metric]?.["floor"];
    return status === "done" && typeof value === "number"
      ? [{ ...o, ...placeOf(o, name), value, stderr: NaN, provenance: "exact" }]
      : [];
  });
  // Every family has the floor of the same draw in its record.
  return distinctBy(all, ({ row, col, record }) =>
    JSON.stringify([row, col, record.dataset, record.seed]),
  );
}
