/**
 * What a sweep costs beside training and evaluation, and what a second job brings: `npx tsx bench/sweep-overhead.ts
 * [--runs 24] [--pairs 3] [--only overhead|jobs|help]`, after `npm run build`. Times of machines that do other work say
 * little; those of -j 1, -j 2 and of two separate sweeps of one job each are taken in turn, so that all see the same
 * disturbance. The last are what two cores can bring at most: they share the machine, but no supervisor.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { RunRecord } from "../src/record.ts";
import { readJsonLines } from "../src/runner/store/jsonl.ts";
import { median } from "./compare/median.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "24" },
    pairs: { type: "string", default: "3" },
    /** Of a run of some 10 s. */
    steps: { type: "string", default: "4000" },
    only: { type: "string", default: "" },
  },
});
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "flowmeter-overhead-"));

interface Timed {
  /** Seconds from the command to its end. */
  readonly wall: number;
  /** Seconds of each run, in the order of their starts, and how many of them trained or evaluated. */
  readonly runs: readonly { readonly total: number; readonly useful: number }[];
}

/** Seconds between two lines of events. */
const between = (start: string, end: string): number =>
  (Date.parse(end) - Date.parse(start)) / 1000;

async function sweep(name: string, ...args: string[]): Promise<Timed> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, "sweep", ...args, "--out", name, "--json"], {
    cwd: folder,
    stdio: "ignore",
  });
  const [status] = (await once(child, "exit")) as [number | null];
  const wall = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`sweep ${name}: exit status ${status}`);
  const [events = ""] = readdirSync(join(folder, name, "events"));
  const lines = readJsonLines(join(folder, name, "events", events)).records as {
    readonly time: string;
    readonly event: string;
    readonly run: string;
  }[];
  const ends = new Map(lines.filter((l) => l.event === "end").map((l) => [l.run, l.time]));
  const runs = lines
    .filter(({ event }) => event === "start")
    .map(({ run, time }) => {
      const path = join(folder, name, run, "result.json");
      const { training, evaluation } = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
      const useful = Number(training?.["seconds"]) + Number(evaluation?.["evaluationSeconds"]);
      return { total: between(time, ends.get(run) ?? time), useful };
    });
  return { wall, runs };
}

const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const show = (x: number): string => x.toFixed(3);

if ("overhead".includes(values.only)) {
  const short = ["family=real-nvp", "data=two-moons", "training.steps=100", "--seeds", values.runs];
  const { wall, runs } = await sweep("short", ...short);
  const over = runs.map(({ total, useful }) => total - useful);
  console.log(`${runs.length} runs of 100 steps, -j 1, seconds:`);
  console.table({
    "wall time of the sweep": show(wall),
    "training and evaluation": show(sum(runs.map(({ useful }) => useful))),
    "overhead per run, start of the command and of the worker included": show(
      (wall - sum(runs.map(({ useful }) => useful))) / runs.length,
    ),
    "overhead of the first run, with the worker's start": show(over[0] ?? NaN),
    "overhead of a warm run, median": show(median(over.slice(1))),
    "overhead of a warm run, least": show(Math.min(...over.slice(1))),
    "a warm run in all, median": show(median(runs.slice(1).map(({ total }) => total))),
  });
}

if ("jobs".includes(values.only)) {
  const long = [
    ...["family=real-nvp", "data=two-moons", "training.patience=null"],
    `training.steps=${values.steps}`,
  ];
  const rows = [];
  for (let i = 0; i < Number(values.pairs); i++) {
    const one = await sweep(`one-${i}`, ...long, "--seeds", "4", "-j", "1");
    const two = await sweep(`two-${i}`, ...long, "--seeds", "4", "-j", "2");
    const apart = await Promise.all(
      ["0,1", "2,3"].map((seeds) => sweep(`apart-${seeds}-${i}`, ...long, "--seeds", seeds)),
    );
    const least = Math.max(...apart.map(({ wall }) => wall));
    rows.push({
      "a run": show(median(one.runs.map(({ total }) => total))),
      "-j 1": show(one.wall),
      "-j 2": show(two.wall),
      "two sweeps": show(least),
      "speed-up of -j 2": show(one.wall / two.wall),
      "of two sweeps": show(one.wall / least),
    });
  }
  console.log(`4 runs of ${values.steps} steps, seconds:`);
  console.table(rows);
}

if ("help".includes(values.only)) {
  const times = Array.from({ length: 21 }, () => {
    const began = performance.now();
    spawnSync(process.execPath, [main, "--help"]);
    return (performance.now() - began) / 1000;
  });
  console.log(`flowmeter --help, median of ${times.length}: ${show(median(times))} s`);
}
rmSync(folder, { recursive: true });
