import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../../datasets/npy.ts";
import type { RunRecord } from "../../record.ts";
import { assertComparable } from "../../report/comparable.ts";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { panelsOf } from "../../report/panels.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import type { Wish } from "./kinds.ts";
import { bySeed } from "./samples.ts";

type Npy = ReturnType<typeof readNpy>;

/** A run whose arrays stand for its line in a panel: that of the lowest seed. */
export interface Pictured {
  readonly panel: string;
  readonly line: string;
  readonly record: RunRecord;
  /** An array of the run; undefined where it was not kept. */
  readonly array: (name: string) => Npy | undefined;
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
  const fileOf = (record: RunRecord, array: string): string =>
    join(folderOf.get(record) ?? "", "arrays", `${array}.npy`);
  const kept = records.filter(
    (record) => record.status === "done" && existsSync(fileOf(record, name)),
  );
  if (kept.length === 0) throw new NothingToDraw(`no run that is done has kept this (${how}).`);
  return panelsOf(kept, { rows, panels: axis }).flatMap(({ title, records: members, lines }) => {
    assertComparable(members, [rows, axis]);
    return lines.flatMap(({ name: line, records: seeds }) => {
      const [record] = seeds.toSorted(bySeed);
      if (record === undefined) return [];
      const array = (what: string): Npy | undefined => {
        const path = fileOf(record, what);
        return existsSync(path) ? readNpy(readFileSync(path), path) : undefined;
      };
      return [{ panel: title, line, record, array }];
    });
  });
}
