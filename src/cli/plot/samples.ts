import { existsSync } from "node:fs";
import { keptArrayPath, keptArrayReader } from "../../kept-array.ts";
import type { RunRecord } from "../../record.ts";
import { assertComparable } from "../../report/comparable.ts";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { panelsOf } from "../../report/panels.ts";
import { pointClouds, type Panel } from "../../report/point-clouds.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import type { Wish } from "./kinds.ts";

/** Of an array that cannot be used. */
export const WITHOUT = "Figures are drawn without it.";

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
  const folder = (record: RunRecord): string => folderOf.get(record) ?? "";
  const kept = records.filter(
    (record) =>
      record.status === "done" &&
      record.dim === 2 &&
      existsSync(keptArrayPath(folder(record), "samples")),
  );
  const nothing = new NothingToDraw(
    "no run that is done has samples of two dimensions (evaluation.samples).",
  );
  if (kept.length === 0) throw nothing;
  const { loadRunDataset } = await import("../../runner/run-dataset.ts");
  const read = keptArrayReader(WITHOUT);
  const clouds: Panel[] = [];
  for (const { title, records: members, lines } of panelsOf(kept, { rows, panels: axis })) {
    assertComparable(members, [rows, axis]);
    const [first] = members.toSorted(bySeed);
    if (first === undefined) continue;
    const { test } = await loadRunDataset(folder(first));
    clouds.push({ row: "data", col: title, points: test.values });
    for (const { name, records: seeds } of lines) {
      const samples = read(folder(seeds.toSorted(bySeed)[0] ?? first), "samples");
      if (samples !== undefined) clouds.push({ row: name, col: title, points: samples.values });
    }
  }
  if (clouds.every(({ row }) => row === "data")) throw nothing;
  return pointClouds(clouds);
}
