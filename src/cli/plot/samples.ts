import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../../datasets/npy.ts";
import type { RunRecord } from "../../record.ts";
import { assertComparable } from "../../report/comparable.ts";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { panelsOf } from "../../report/panels.ts";
import { pointClouds, type Panel } from "../../report/point-clouds.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import type { Wish } from "./kinds.ts";

export const bySeed = (a: RunRecord, b: RunRecord): number => a.seed - b.seed;

/**
 * Samples of every row beside the test rows, for data of two dimensions; of each the lowest seed that is done.
 *
 * @throws NothingToDraw where no such run has kept samples; UserError if the data changed since
 */
export async function drawSamples(
  { records, folders }: FoundRecords,
  { rows, panels: axis }: Pick<Wish, "rows" | "panels">,
): Promise<string> {
  const folderOf = new Map(records.map((record, i) => [record, folders[i] ?? ""]));
  const fileOf = (record: RunRecord): string =>
    join(folderOf.get(record) ?? "", "arrays", "samples.npy");
  const kept = records.filter(
    (record) => record.status === "done" && record.dim === 2 && existsSync(fileOf(record)),
  );
  if (kept.length === 0)
    throw new NothingToDraw(
      "no run that is done has samples of two dimensions (evaluation.samples).",
    );
  const { loadRunDataset } = await import("../../runner/run-dataset.ts");
  const clouds: Panel[] = [];
  for (const { title, records: members, lines } of panelsOf(kept, { rows, panels: axis })) {
    assertComparable(members, [rows, axis]);
    const [first] = members.toSorted(bySeed);
    if (first === undefined) continue;
    const { test } = await loadRunDataset(folderOf.get(first) ?? "");
    clouds.push({ row: "data", col: title, points: test.values });
    for (const { name, records: seeds } of lines) {
      const path = fileOf(seeds.toSorted(bySeed)[0] ?? first);
      clouds.push({ row: name, col: title, points: readNpy(readFileSync(path), path).values });
    }
  }
  return pointClouds(clouds);
}
