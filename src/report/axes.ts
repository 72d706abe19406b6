import type { RunRecord } from "../record.ts";
import { differingKeys } from "./comparable.ts";
import { groupBy } from "../math/group-by.ts";

/**
 * The axes of a table for someone who has not said which: families by data sets; where runs on one data set differ in a key of the
 * data, such as `data.dim`, families by that key.
 */
export function usualAxes(records: readonly RunRecord[]): {
  readonly rows: string;
  readonly cols: string;
} {
  const datasets = groupBy(records, ({ dataset }) => dataset);
  const [only] = datasets.size === 1 ? [...datasets.values()] : [];
  // What a set is called follows from its other keys.
  const keys = only ? differingKeys(only, "data").filter((key) => key !== "data.label") : [];
  return { rows: "family", cols: keys[0] ?? "dataset" };
}
