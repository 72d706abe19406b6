import type { RunRecord } from "../record.ts";
import { differingKeys } from "./comparable.ts";
import { groupBy } from "../math/group-by.ts";
import { asText, configValue, type Observation } from "./observation.ts";

/** A record, the row (or line) that it belongs to, and where along it its number stands. */
export interface Placed {
  readonly record: RunRecord;
  readonly row: string;
  readonly place: string;
}

/** Keys in which runs of one family at one place differ; without any, but with several hashes, the version is left. */
function differences(together: readonly RunRecord[]): readonly string[] {
  const keys = ["family", "training", "evaluation", "engine"].flatMap((group) =>
    differingKeys(together, group),
  );
  const hashes = new Set(together.map(({ configHash }) => configHash));
  return keys.length === 0 && hashes.size > 1 ? [VERSION] : keys;
}

/** Not a key: what runs of one configuration differ in, if they do. */
const VERSION = "version";

/**
 * Where one place of a row holds runs of several configurations, what tells each run from the others: its family, if there are
 * several, and the keys in which runs of its family differ. Keys that other families have are no difference: their name is enough.
 *
 * @param known keys that the axes show already
 * @param called how a key is written
 * @returns one text per item; "" where the row is enough
 */
export function variantsOf(
  items: readonly Placed[],
  known: readonly string[],
  called: (key: string) => string = (key) => key,
): readonly string[] {
  const labels = new Map<Placed, string>();
  for (const row of groupBy(items, (item) => item.row).values()) {
    const places = [...groupBy(row, ({ place }) => place).values()];
    const named =
      !known.includes("family") &&
      places.some((members) => new Set(members.map(({ record }) => record.family)).size > 1);
    const families = groupBy(row, ({ record }) => record.family);
    for (const [family, own] of families) {
      const keys = new Set(
        [...groupBy(own, ({ place }) => place).values()].flatMap((members) =>
          differences(members.map(({ record }) => record)),
        ),
      );
      const shown = [...keys].filter((key) => !known.includes(key));
      for (const item of own)
        labels.set(
          item,
          [
            ...(named ? [family] : []),
            ...shown.map((key) =>
              key === VERSION
                ? `version ${asText(item.record.provenance["version"])}`
                : `${called(key)}=${asText(configValue(item.record, key))}`,
            ),
          ].join(", "),
        );
    }
  }
  return items.map((item) => labels.get(item) ?? "");
}

/** Where one place of a table holds runs of several configurations, what tells them apart becomes part of the row; of the column, where rows are layers. */
export function splitVariants(
  observations: readonly Observation[],
  { rows, cols }: { readonly rows: string; readonly cols: string },
): readonly Observation[] {
  const [side, along] = rows === "layer" ? (["col", "row"] as const) : (["row", "col"] as const);
  const items = observations.map((o) => ({ record: o.record, row: o[side], place: o[along] }));
  const labels = variantsOf(items, [rows, cols]);
  return observations.map((o, i) => {
    const label = labels[i] ?? "";
    return label === "" ? o : { ...o, [side]: `${o[side]} (${label})` };
  });
}
