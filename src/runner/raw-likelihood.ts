import type { Dataset } from "../datasets/dataset.ts";
import type { Rows } from "../math/rows.ts";
import type { Provenance } from "../model.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** What the number is worth: a density of dequantised counts bounds that of the counts, however it is computed. */
export function provenanceFor(
  provenance: Provenance,
  { likelihood }: Pick<Dataset, "likelihood">,
): Provenance {
  if (likelihood !== "bound") return provenance;
  return provenance.kind === "exact" || provenance.kind === "bound"
    ? { kind: "bound" }
    : { ...provenance, bound: true };
}

/** log p in the model's units → in raw units, nats, the rows being raw. */
export function inRawUnits(
  values: Float64Array,
  raw: Rows,
  preprocessing: Pick<Preprocessing, "logDet">,
): Float64Array {
  const change = preprocessing.logDet(raw);
  return values.map((value, i) => value + (change[i] ?? NaN));
}
