import type { RunRecord } from "../../record.ts";
import { groupBy } from "../../math/group-by.ts";
import { hashName, hashParts } from "../hash-names.ts";

/** The runs of one configuration and data set. */
export type Entry = readonly RunRecord[];

export interface Pairing {
  readonly pairs: readonly { readonly a: Entry; readonly b: Entry; readonly label: string }[];
  /** What stands on one side only, by its label. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

const isGroup = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

/** The configuration as "group.option" → value; the seed is that of a replicate, and where plugins lie changes nothing. */
export const flatConfig = ({ config }: RunRecord): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(config)
      .filter(([key]) => key !== "seed" && key !== "plugins")
      .flatMap(([group, options]): [string, unknown][] =>
        isGroup(options)
          ? Object.entries(options).map(([key, value]) => [`${group}.${key}`, value])
          : [[group, options]],
      ),
  );

const text = (value: unknown): string => (value === undefined ? "–" : JSON.stringify(value));

const entriesOf = (records: readonly RunRecord[]): readonly Entry[] => [
  ...groupBy(records, ({ configHash, dataset }) => JSON.stringify([configHash, dataset])).values(),
];

const first = (entry: Entry): RunRecord => entry[0] as RunRecord;

/** Keys that tell entries of one family on one data set apart: what a sweep varies, but for what comes with the choice of either. */
function variedKeys(entries: readonly Entry[]): readonly string[] {
  const groups = groupBy(entries, (e) => JSON.stringify([first(e).family, first(e).dataset]));
  const varied = [...groups.values()].flatMap((members) => {
    const configs = members.map((entry) => flatConfig(first(entry)));
    const keys = new Set(configs.flatMap((config) => [...config.keys()]));
    return [...keys].filter((key) => new Set(configs.map((c) => text(c.get(key)))).size > 1);
  });
  return [...new Set(varied)];
}

type Labels = ReadonlyMap<Entry, string>;

/** Labels that, where those of a side do not tell its entries apart, go on with what their hashes differ in. */
function withHashes(sides: readonly (readonly Entry[])[], labels: Labels): Labels {
  const groups = (of: Labels): readonly (readonly Entry[])[] =>
    sides.flatMap((entries) => [...groupBy(entries, (entry) => of.get(entry) ?? "").values()]);
  const partsOf = hashParts(groups(labels).map((members) => members.flat()));
  const join = (words: readonly string[]): string => words.filter((text) => text !== "").join(" ");
  const longer = new Map(
    [...labels].map(([entry, label]) => [entry, join([label, ...partsOf(first(entry))])]),
  );
  const twice = groups(longer).filter((members) => members.length > 1);
  const unclear = new Set(twice.flat().map((entry) => longer.get(entry)));
  return new Map(
    [...longer].map(([entry, label]) => [
      entry,
      unclear.has(label) ? join([label, hashName(first(entry))]) : label,
    ]),
  );
}

/**
 * Finds for each configuration of one side its counterpart on the other: the one with the same family, data set and values
 * of the keys that either side varies. A family, or a data set, that is the only one on both sides need not be the same. Where a
 * side has a configuration in several versions, or with several sources of a plugin, these must be the same too.
 */
export function pairEntries(a: readonly RunRecord[], b: readonly RunRecord[]): Pairing {
  const sides = [entriesOf(a), entriesOf(b)] as const;
  const keys = [...new Set(sides.flatMap(variedKeys))];
  const single = (of: (r: RunRecord) => string): boolean =>
    sides.every((entries) => new Set(entries.map((entry) => of(first(entry)))).size === 1);
  const byFamily = !single(({ family }) => family);
  const byDataset = !single(({ dataset }) => dataset);
  const keyLabel = (entry: Entry): string => {
    const record = first(entry);
    const config = flatConfig(record);
    return [
      ...(byFamily ? [record.family] : []),
      ...(byDataset ? [`on ${record.dataset}`] : []),
      ...keys.filter((key) => config.has(key)).map((key) => `${key}=${text(config.get(key))}`),
    ].join(" ");
  };
  const labels = withHashes(sides, new Map(sides.flat().map((entry) => [entry, keyLabel(entry)])));
  const [left, right] = sides.map((entries) => groupBy(entries, (e) => labels.get(e) ?? ""));
  const pairs = [...(left ?? [])].flatMap(([label, [entry]]) => {
    const other = right?.get(label)?.[0];
    return entry === undefined || other === undefined ? [] : [{ a: entry, b: other, label }];
  });
  const only = (x: ReadonlyMap<string, unknown> = new Map(), y: typeof x = new Map()) =>
    [...x.keys()].filter((label) => !y.has(label));
  return { pairs, onlyA: only(left, right), onlyB: only(right, left) };
}
