import type { RunRecord } from "../record.ts";
import { differingKeys } from "./comparable.ts";
import { groupBy } from "../math/group-by.ts";
import { hashNames } from "./hash-names.ts";
import { asText, configValue, type Observation } from "./observation.ts";

/** A record, the row (or line) that it belongs to, and where along it its number stands. */
export interface Placed {
  readonly record: RunRecord;
  readonly row: string;
  readonly place: string;
}

/** Keys in which runs of one family at one place differ. Of the data's only those are left that change no number. */
const differences = (together: readonly RunRecord[]): readonly string[] =>
  ["family", "data", "training", "evaluation", "engine"].flatMap((group) =>
    differingKeys(together, group),
  );

/**
 * Where one place of a row holds runs of several configurations, what tells each run from the others: its family, if there are
 * several, and the keys in which runs of its family differ. Keys that other families have are no difference: their name is enough.
 * What has equal keys and yet another hash, by its version or its plugins, is never put together.
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
      const texts = own.map(({ record }) => [
        ...(named ? [family] : []),
        ...shown.map((key) => `${called(key)}=${asText(configValue(record, key))}`),
      ]);
      const hashes = hashNames(
        own.map(({ record, place }, i) => ({ record, place: JSON.stringify([place, texts[i]]) })),
      );
      own.forEach((item, i) => {
        labels.set(item, [...(texts[i] ?? []), ...(hashes[i] ?? [])].join(", "));
      });
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
