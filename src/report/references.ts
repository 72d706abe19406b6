import { distinctBy, groupBy } from "../math/group-by.ts";
import { decodeNumber, markOf } from "../record.ts";
import type { Observation } from "./observation.ts";

/** What no model can pass: the data's entropy, or what a perfect model gets on average with as many draws. */
export const FLOOR = "entropy (floor)";
export const PERFECT = "perfect model (floor)";

/** What a model gets that every run is measured beside, such as a Gaussian. */
export const baselineName = (family: string): string => `${family} (baseline)`;

type Place = Pick<Observation, "row" | "col">;

/** Where the reference of a run stands, given its name: not at the same place as that of other data. */
type PlaceOf = (observation: Place, name: string) => Partial<Place>;

const placeKey = ({ row, col }: Place): string => JSON.stringify([row, col]);

/** Every family has the references of the same draw of the data in its record. */
const onceEach = (all: readonly Observation[]): readonly Observation[] =>
  distinctBy(all, ({ row, col, record }) =>
    JSON.stringify([row, col, record.dataset, record.seed]),
  );

/** Floors of the metric, one for each draw of the data at each place. */
export function floorObservations(
  observations: readonly Observation[],
  metric: string,
  placeOf: PlaceOf,
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
  return onceEach(all);
}

/**
 * Baselines of the metric, one for each draw of the data at each place; not where the baseline's family stands beside the same models
 * itself, with a number for each of these draws.
 */
export function baselineObservations(
  observations: readonly Observation[],
  metric: string,
  placeOf: PlaceOf,
): readonly Observation[] {
  const all = observations.flatMap((o) => {
    const { baseline } = o.record.metrics[metric] ?? {};
    if (o.record.status !== "done" || baseline === undefined) return [];
    const { family, value, stderr, provenance } = baseline;
    const number = { value, stderr: decodeNumber(stderr), provenance: markOf(provenance) };
    return [{ ...o, ...placeOf(o, baselineName(family)), ...number }];
  });
  const drawAt = ({ row, col, record: { dataset, seed } }: Observation): string =>
    JSON.stringify([row, col, dataset, seed]);
  // Where the baseline of a run would stand if the run's family were that of the baseline.
  const standing = new Set(
    observations
      .filter(({ record, value }) => record.status === "done" && Number.isFinite(value))
      .map((o) => drawAt({ ...o, ...placeOf(o, baselineName(o.record.family)) })),
  );
  return [...groupBy(onceEach(all), placeKey).values()]
    .filter((draws) => !draws.every((o) => standing.has(drawAt(o))))
    .flat();
}
