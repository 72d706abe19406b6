import type { RunRecord } from "../record.ts";
import { differingKeys } from "./comparable.ts";
import { configValue, observe } from "./observation.ts";

/** Runs that belong to one line of a figure: those of one row of a table, and of one variant of it. */
export interface Line {
  /** The row with what tells its variants apart: `real-nvp (layers=4)`. */
  readonly name: string;
  /** As the row of a table is called. */
  readonly row: string;
  readonly records: readonly RunRecord[];
}

export interface LineAxes {
  readonly rows: string;
  /** What the panels are: an axis of a table. */
  readonly panels: string;
  /** A key of the configuration along which a line runs, if it does. */
  readonly x?: string;
}

/** What an axis of a table says of each record. */
export const axisTexts = (records: readonly RunRecord[], axis: string): readonly string[] =>
  observe(records, { rows: axis, cols: "family", metric: "" }).map(({ row }) => row);

/** Items by a key, in the order in which keys first appear. */
export function groupsOf<T>(
  items: readonly T[],
  key: (item: T, i: number) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, i) => {
    const k = key(item, i);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  });
  return groups;
}

const last = (key: string): string => key.slice(key.lastIndexOf(".") + 1);
const plain = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "–" : JSON.stringify(value);

/** A value of an axis as it stands in a figure, where no head of a table says what it is of. */
export const axisLabel = (axis: string, value: string): string =>
  axis.includes(".") ? `${last(axis)}=${value}` : axis === "seed" ? `seed ${value}` : value;

/** Not a key: what runs of one configuration differ in, if they do. */
const VERSION = "version";

function differingAt(together: readonly RunRecord[]): readonly string[] {
  const keys = ["family", "training", "evaluation", "engine"].flatMap((group) =>
    differingKeys(together, group),
  );
  const hashes = new Set(together.map(({ configHash }) => configHash));
  return keys.length === 0 && hashes.size > 1 ? [VERSION] : keys;
}

/** Keys in which runs at the same place differ, the place being a panel and a point along the line. */
function variantKeys(records: readonly RunRecord[], { rows, panels, x }: LineAxes): string[] {
  const columns = axisTexts(records, panels);
  const place = (record: RunRecord, i: number): string =>
    JSON.stringify([columns[i], x === undefined ? null : configValue(record, x)]);
  const keys = [...groupsOf(records, place).values()].flatMap((together) => differingAt(together));
  return [...new Set(keys)].filter((key) => ![rows, panels, x].includes(key));
}

/**
 * Parts the records into lines: one for each row, and where runs of several configurations stand at one place, one for each
 * of these, by the rule of tables.
 */
export function linesOf(records: readonly RunRecord[], axes: LineAxes): readonly Line[] {
  const rowTexts = axisTexts(records, axes.rows);
  return [...groupsOf(records, (_, i) => rowTexts[i] ?? "")].flatMap(([row, members]) => {
    const keys = variantKeys(members, axes);
    // Of another family every option differs: its name is enough.
    const families = keys.includes("family.name");
    const shown = keys.filter((key) => !families || !key.startsWith("family."));
    const label = (record: RunRecord): string =>
      [
        ...(families ? [record.family] : []),
        ...shown.map((key) =>
          key === VERSION
            ? `version ${plain(record.provenance["version"])}`
            : `${last(key)}=${plain(configValue(record, key))}`,
        ),
      ].join(", ");
    const name = axisLabel(axes.rows, row);
    return [...groupsOf(members, label)].map(([variant, found]) => ({
      name: variant === "" ? name : `${name} (${variant})`,
      row,
      records: found,
    }));
  });
}
