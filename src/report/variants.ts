import { differingKeys } from "./comparable.ts";
import { groupBy } from "./group-by.ts";
import { configValue, type Observation } from "./observation.ts";

/** Where one place holds runs of several configurations, the keys in which they differ become part of its row. */
export function splitVariants(
  observations: readonly Observation[],
  cols: string,
): readonly Observation[] {
  const places = groupBy(observations, ({ row }) => row);
  return [...places.values()].flatMap((members) => {
    const records = members.map((o) => o.record);
    // A hash differs between data sets as well: what counts is whether a column holds two of them.
    const hashes = new Map<string, string>();
    const mixed = members.some(({ col, record }) => {
      const first = hashes.get(col) ?? record.configHash;
      hashes.set(col, first);
      return first !== record.configHash;
    });
    if (!mixed) return members;
    const keys = ["family", "training", "evaluation", "engine"]
      .flatMap((group) => differingKeys(records, group))
      .filter((key) => key !== cols && !(key === "family.name" && cols === "family"));
    const label = ({ record }: Observation): string =>
      [
        ...keys.map((key) => `${key}=${JSON.stringify(configValue(record, key))}`),
        ...(keys.length === 0 ? [`version ${String(record.provenance["version"])}`] : []),
      ].join(", ");
    return members.map((o) => ({ ...o, row: `${o.row} (${label(o)})` }));
  });
}
