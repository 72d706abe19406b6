import type { RunRecord } from "../record.ts";
import { groupBy } from "../math/group-by.ts";
import { configValue, observe } from "./observation.ts";
import { variantsOf } from "./variants.ts";

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

/** `family.layers` → `layers`. */
export const lastWord = (key: string): string => key.slice(key.lastIndexOf(".") + 1);

/** A value of an axis as it stands in a figure, where no head of a table says what it is of. */
export const axisLabel = (axis: string, value: string): string =>
  axis.includes(".") ? `${lastWord(axis)}=${value}` : axis === "seed" ? `seed ${value}` : value;

/**
 * Parts the records into lines: one for each row, and where runs of several configurations stand at one place, one for each
 * of these, by the rule of tables.
 */
export function linesOf(records: readonly RunRecord[], axes: LineAxes): readonly Line[] {
  const rowTexts = axisTexts(records, axes.rows);
  const columns = axisTexts(records, axes.panels);
  const { x } = axes;
  const items = records.map((record, i) => ({
    record,
    row: rowTexts[i] ?? "",
    place: JSON.stringify([columns[i], x === undefined ? null : configValue(record, x)]),
  }));
  const variants = variantsOf(
    items,
    [axes.rows, axes.panels, ...(x === undefined ? [] : [x])],
    lastWord,
  );
  const rows = groupBy(
    items.map((item, i) => ({ ...item, variant: variants[i] ?? "" })),
    ({ row }) => row,
  );
  return [...rows].flatMap(([row, members]) =>
    [...groupBy(members, ({ variant }) => variant)].map(([variant, found]) => {
      const name = axisLabel(axes.rows, row);
      return {
        name: variant === "" ? name : `${name} (${variant})`,
        row,
        records: found.map(({ record }) => record),
      };
    }),
  );
}
