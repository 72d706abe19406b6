import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { planMerge, writeMerge } from "../../src/runner/merge.ts";
import { thisProcess } from "../../src/runner/store/owner.ts";
import { readResult, stateOf } from "../../src/runner/store/run-folder.ts";
import { readSweep } from "../../src/runner/store/sweep-folder.ts";
import { saying } from "../saying.ts";
import { beginRun, endRun, fakeSweep, recordOf } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("merge");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-merge-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, readFileSync(path, "utf8")]),
  );

/** Two sweeps that share seed 1. */
async function twoSweeps(folder: string) {
  const a = await fakeSweep(join(folder, "a"), { seeds: [0, 1] });
  const b = await fakeSweep(join(folder, "b"), { seeds: [1, 2] });
  const [a0, a1] = a.runs;
  const [b1, b2] = b.runs;
  if (!a0 || !a1 || !b1 || !b2) throw new Error("no runs");
  return { a, b, a0, a1, b1, b2, merge: () => planMerge([a.folder, b.folder], join(folder, "m")) };
}

test("the merged sweep has every run once, with its files; the sources stay as they are", async ({
  folder,
}) => {
  const { a, b, a0, a1, b1, b2, merge } = await twoSweeps(folder);
  endRun(a, a0, 1);
  endRun(a, a1, 0, { status: "failed", reason: "no memory" });
  const attempt = endRun(b, b1, 2);
  writeFileSync(join(b.folder, "events", "x.jsonl"), "{}\n");
  const before = [contents(a.folder), contents(b.folder)];
  const plan = merge();
  const merged = writeMerge(plan, join(folder, "m"));
  assert.equal([contents(a.folder), contents(b.folder)], before);
  assert.equal(
    readSweep(merged.folder).runs.map(({ runId }) => runId),
    [a0, a1, b2].map(({ runId }) => runId),
  );
  const states = merged.runs.map(({ runId }) => stateOf(join(merged.folder, runId)));
  assert.equal(states, ["done", "done", "pending"], "done wins over failed");
  const nll = readResult(join(merged.folder, b1.runId))?.metrics["test_nll"]?.value;
  assert.is(nll, 2);
  assert.is(
    readFileSync(join(merged.folder, b1.runId, "attempt-0001", "log.txt"), "utf8"),
    readFileSync(join(attempt, "log.txt"), "utf8"),
  );
  const spec = readSweep(merged.folder).spec;
  assert.equal(
    (spec["merged"] as { folder: string; hash: string }[]).map((s) => [s.folder, s.hash]),
    [
      [a.folder, a.spec.hash],
      [b.folder, b.spec.hash],
    ],
  );
  assert.equal(spec["from"], { [a0.runId]: 0, [b1.runId]: 1, [b2.runId]: 1 });
  assert.ok(existsSync(join(merged.folder, "sources", "1", "events", "x.jsonl")));
  assert.equal(readdirSync(join(merged.folder, "events")), [], "nobody works in the new folder");
  assert.equal(readdirSync(folder).sort(), ["a", "b", "m"], "nothing is left beside it");
});

test("two finished runs that should be one may differ in time, not in a digit of a number", async ({
  folder,
}) => {
  const { a, b, a1, b1, merge } = await twoSweeps(folder);
  const timed = (seconds: number) => ({
    metrics: {
      ...recordOf(a1, 1.5).metrics,
      latency: { value: seconds, unit: "ms" },
    },
    training: { seconds },
  });
  endRun(a, a1, 1.5, timed(1));
  endRun(b, b1, 1.5, timed(2));
  assert.is(merge().left.length, 1);
  const record = recordOf(b1, 1.5 + 2e-16 * 2);
  writeFileSync(join(b.folder, b1.runId, "result.json"), JSON.stringify(record));
  for (const path of [join(a.folder, a1.runId), join(b.folder, b1.runId)])
    assert.throws(merge, saying(path));
  assert.throws(merge, /test_nll is 1\.5 and 1\.50000000000000\d+/);
  writeFileSync(
    join(b.folder, b1.runId, "result.json"),
    JSON.stringify(recordOf(b1, 1.5, { ...timed(1), layers: [{ kl: 1 }] })),
  );
  assert.throws(merge, saying("their layers differ"));
});

test("of unfinished runs the one that is farther goes on, and what was killed elsewhere can be resumed", async ({
  folder,
}) => {
  const { a, b, a1, b1, merge } = await twoSweeps(folder);
  for (const [sweep, run, step] of [
    [a, a1, 5],
    [b, b1, 7],
  ] as const) {
    beginRun(sweep, run, { files: { "owner.json": { ...thisProcess(), host: "elsewhere" } } });
    mkdirSync(join(sweep.folder, run.runId, "checkpoint"));
    const name = `step-${String(step).padStart(12, "0")}.safetensors`;
    writeFileSync(join(sweep.folder, run.runId, "checkpoint", name), "");
  }
  writeFileSync(join(b.folder, b1.runId, ".result.json.1.tmp"), "{");
  symlinkSync("/etc", join(b.folder, b1.runId, "link"));
  assert.is(stateOf(join(b.folder, b1.runId)), "running", "as far as can be seen from here");
  const merged = writeMerge(merge(), join(folder, "m"));
  const run = join(merged.folder, b1.runId);
  assert.equal(readdirSync(join(run, "checkpoint")), ["step-000000000007.safetensors"]);
  assert.is(stateOf(run), "stopped");
  assert.equal(readdirSync(run).sort(), ["attempt-0001", "checkpoint", "config.json"]);
  assert.is(stateOf(join(b.folder, b1.runId)), "running");
});

test("nothing is merged while a run is at work", async ({ folder }) => {
  const { a, a1, merge } = await twoSweeps(folder);
  beginRun(a, a1, { files: { "owner.json": thisProcess() } });
  assert.throws(merge, saying(`is at work (process ${process.pid})`));
});

test("sources that are no sweeps and places that are taken are refused before anything is written", async ({
  folder,
}) => {
  const { a, b, a0 } = await twoSweeps(folder);
  endRun(a, a0, 1);
  writeFileSync(join(folder, "file"), "");
  const refused = (dirs: readonly string[], out: string, text: string): void => {
    assert.throws(() => planMerge(dirs, join(folder, out)), saying(text), text);
  };
  refused([a.folder, join(folder, "nowhere")], "m", "there is none of this name");
  refused([join(folder, "file")], "m", "got a file");
  refused([join(a.folder, a0.runId)], "m", "expected the folder of a sweep, got that of a run");
  refused([a.folder, join(folder, "b", "..", "a")], "m", "is given twice");
  refused([a.folder, b.folder], "b", "must stay as it is");
  refused([a.folder, b.folder], "b/in/it", "must stay as it is");
  refused([a.folder], "file", "exists already");
  mkdirSync(join(folder, "full"));
  writeFileSync(join(folder, "full", "x"), "");
  refused([a.folder], "full", "exists already");
  assert.equal(readdirSync(folder).sort(), ["a", "b", "file", "full"]);
});

test("a copy that fails leaves nothing behind", async ({ folder }) => {
  const { a, b, a0, merge } = await twoSweeps(folder);
  endRun(a, a0, 1);
  const plan = merge();
  // The run's folder turns into a file after it was looked at.
  rmSync(join(a.folder, a0.runId), { recursive: true });
  writeFileSync(join(a.folder, a0.runId), "");
  assert.throws(() => writeMerge(plan, join(folder, "m")), saying("cannot write to"));
  assert.equal(readdirSync(folder).sort(), ["a", "b"]);
  assert.ok(existsSync(join(b.folder, "sweep.json")));
});

test.run();
