import { existsSync } from "node:fs";
import type { NpyArray } from "../../datasets/npy.ts";
import { keptArrayPath, keptArrayReader } from "../../kept-array.ts";
import type { RunRecord } from "../../record.ts";
import { assertComparable } from "../../report/comparable.ts";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { panelsOf } from "../../report/panels.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import type { Wish } from "./kinds.ts";
import { bySeed, WITHOUT } from "./samples.ts";

/** A run whose arrays stand for its line in a panel: that of the lowest seed. */
export interface Pictured {
  readonly panel: string;
  readonly line: string;
  readonly record: RunRecord;
  /** An array of the run; undefined where it was not kept. */
  readonly array: (name: string) => NpyArray | undefined;
}

/**
 * The runs that stand for each line of each panel, of those that are done and have kept an array.
 *
 * @throws NothingToDraw where no run has it, with how to get it
 */
export function picturedRuns(
  { records, folders }: FoundRecords,
  { rows, panels: axis }: Pick<Wish, "rows" | "panels">,
  name: string,
  how: string,
): readonly Pictured[] {
  const folderOf = new Map(records.map((record, i) => [record, folders[i] ?? ""]));
  const folder = (record: RunRecord): string => folderOf.get(record) ?? "";
  const kept = records.filter(
    (record) => record.status === "done" && existsSync(keptArrayPath(folder(record), name)),
  );
  const read = keptArrayReader(WITHOUT);
  const pictured = panelsOf(kept, { rows, panels: axis }).flatMap(
    ({ title, records: members, lines }) => {
      assertComparable(members, [rows, axis]);
      return lines.flatMap(({ name: line, records: seeds }) => {
        const [record] = seeds.toSorted(bySeed);
        if (record === undefined) return [];
        const array = (what: string): NpyArray | undefined => read(folder(record), what);
        return array(name) === undefined ? [] : [{ panel: title, line, record, array }];
      });
    },
  );
  if (pictured.length === 0) throw new NothingToDraw(`no run that is done has kept this (${how}).`);
  return pictured;
}
