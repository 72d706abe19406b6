import type { RunRecord } from "../record.ts";
import { groupBy } from "../math/group-by.ts";

/** What enters the hash of a configuration beside its keys, in words; nothing where the record does not say it. */
type Part = (record: RunRecord) => string | undefined;

/** Digests of the plugins that a run made use of, wherever these lay; of records that do not say them none. */
export function pluginDigests({ provenance }: RunRecord): readonly string[] {
  const plugins = provenance["plugins"];
  return typeof plugins === "object" && plugins !== null
    ? Object.values(plugins).map(String).sort()
    : [];
}

/** Digits of a hash that tell a few from each other. */
const SHOWN = 8;

const version: Part = ({ provenance }) =>
  typeof provenance["version"] === "string" ? provenance["version"] : undefined;

const plugin: Part = (record) =>
  pluginDigests(record)
    .map((digest) => digest.slice(0, SHOWN))
    .join(" + ") || undefined;

const PARTS: readonly (readonly [name: string, of: Part])[] = [
  ["version", version],
  ["plugin", plugin],
];

/** Last resort: names nothing that a reader has chosen, but tells what must not be averaged. */
export const hashName = ({ configHash }: RunRecord): string =>
  `configuration ${configHash.slice(0, SHOWN)}`;

const hashesOf = (records: readonly RunRecord[]): ReadonlySet<string> =>
  new Set(records.map(({ configHash }) => configHash));

/**
 * Where runs of equal keys have several hashes, what these differ in: the version, or the sources of plugins. Names are given to
 * hashes, since of a run that failed less may be known than of the others of its hash.
 *
 * @param groups runs that nothing else tells apart
 * @returns the words for a run, the same ones for all groups; none where no group has several hashes
 */
export function hashParts(
  groups: readonly (readonly RunRecord[])[],
): (record: RunRecord) => readonly string[] {
  const named = PARTS.map(([name, of]) => {
    const texts = new Map<string, string>();
    for (const record of groups.flat()) {
      const text = of(record);
      if (text !== undefined && !texts.has(record.configHash)) texts.set(record.configHash, text);
    }
    return { name, textOf: (hash: string) => texts.get(hash) ?? "–" };
  });
  const shown = named.filter(({ textOf }) =>
    groups.some((members) => new Set([...hashesOf(members)].map(textOf)).size > 1),
  );
  return ({ configHash }) => shown.map(({ name, textOf }) => `${name} ${textOf(configHash)}`);
}

/**
 * The words that tell runs at one place apart by their hashes: the parts in which these differ, and the hash itself where that is
 * not enough.
 *
 * @param items runs with what tells them apart already
 */
export function hashNames(
  items: readonly { readonly record: RunRecord; readonly place: string }[],
): readonly (readonly string[])[] {
  const recordsOf = (list: readonly (typeof items)[number][]) => list.map(({ record }) => record);
  const partsOf = hashParts([...groupBy(items, ({ place }) => place).values()].map(recordsOf));
  const named = items.map((item) => ({ ...item, parts: partsOf(item.record) }));
  const keyOf = ({ place, parts }: (typeof named)[number]) => JSON.stringify([place, parts]);
  // Once for each group, not for each of its runs: there may be thousands.
  const several = new Set(
    [...groupBy(named, keyOf)]
      .filter(([, members]) => hashesOf(recordsOf(members)).size > 1)
      .map(([key]) => key),
  );
  return named.map((item) =>
    several.has(keyOf(item)) ? [...item.parts, hashName(item.record)] : item.parts,
  );
}
