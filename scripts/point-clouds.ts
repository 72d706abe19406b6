/**
 * Samples of every family beside the data, for the sets of two dimensions in folders of runs; of each the lowest seed:
 *
 *     npx tsx scripts/point-clouds.ts FIGURE RUNS…      writes FIGURE.svg and FIGURE.png
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../src/datasets/npy.ts";
import type { RunRecord } from "../src/record.ts";
import { pointClouds, type Panel } from "../src/report/point-clouds.ts";
import { readRecords } from "../src/report/read-records.ts";
import { figurePng } from "../src/runner/figure-png.ts";
import { loadCatalogue } from "../src/runner/load-catalogue.ts";
import { seedStreams } from "../src/runner/seeds.ts";

const [figure, ...folders] = process.argv.slice(2);
if (figure === undefined || folders.length === 0)
  throw new Error("usage: npx tsx scripts/point-clouds.ts FIGURE RUNS…");
const { datasets } = await loadCatalogue();

async function dataPanel({ config, dataset, seed }: RunRecord): Promise<Panel> {
  const { name, ...options } = config["data"] as { name: string };
  const { test } = await datasets.get(name).load({ options, rng: seedStreams(seed).data });
  return { row: "data", col: dataset, points: test.values };
}

const found = readRecords(folders);
const runs = found.records
  .map((record, i) => ({ record, samples: join(found.folders[i] ?? "", "arrays", "samples.npy") }))
  .filter(
    ({ record, samples }) => record.status === "done" && record.dim === 2 && existsSync(samples),
  )
  .sort((a, b) => a.record.seed - b.record.seed);
const panels = new Map<string, Panel>();
for (const { record } of runs)
  if (!panels.has(record.dataset)) panels.set(record.dataset, await dataPanel(record));
for (const { record, samples } of runs) {
  const { family, dataset } = record;
  const key = `${family} ${dataset}`;
  const { values } = readNpy(readFileSync(samples), samples);
  if (!panels.has(key)) panels.set(key, { row: family, col: dataset, points: values });
}
const svg = pointClouds([...panels.values()]);
writeFileSync(`${figure}.svg`, svg);
const png = await figurePng(svg);
if (png !== undefined) writeFileSync(`${figure}.png`, png);
