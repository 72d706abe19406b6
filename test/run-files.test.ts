import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readRecords } from "../src/report/read-records.ts";
import { fingerprint, readRecord } from "../src/run-files.ts";
import { planMerge } from "../src/runner/merge.ts";
import { lookAt, readResult } from "../src/runner/store/run-folder.ts";
import { readSweep, type Sweep } from "../src/runner/store/sweep-folder.ts";
import { beginRun, endRun, fakeSweep } from "./runner/fake-sweep.ts";
import { saying } from "./saying.ts";

const test = suite<{ folder: string; sweep: Sweep; run: string }>("files of runs");
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-run-files-"));
  const sweep = await fakeSweep(join(context.folder, "s"), { seeds: [0, 1] });
  const [first, second] = sweep.runs;
  if (!first || !second) throw new Error("no runs");
  const attempt = endRun(sweep, first, 1.25);
  endRun(sweep, second, 2);
  const run = join(sweep.folder, first.runId);
  const result = fingerprint(readFileSync(join(run, "result.json")));
  writeFileSync(join(attempt, "exit.json"), JSON.stringify({ status: "done", result }));
  Object.assign(context, { sweep, run });
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const edit = (run: string): void => {
  const path = join(run, "result.json");
  writeFileSync(path, readFileSync(path, "utf8").replace("1.25", "0.25"));
};

test("a number that somebody has changed in a result is seen by all who read it, with the cure", ({
  folder,
  sweep,
  run,
}) => {
  assert.is(readRecord(run)?.metrics["test_nll"]?.value, 1.25);
  edit(run);
  const said = saying(
    `${run}/result.json was damaged since it was written (it is not what the run wrote); do the run again with: flowmeter resume ${run}`,
  );
  assert.throws(() => readRecord(run), said);
  assert.throws(() => readResult(run), said);
  assert.throws(() => readRecords([sweep.folder]), said);
  assert.throws(() => planMerge([sweep.folder], join(folder, "out")), said);
  assert.is(lookAt(run).state, "damaged");
});

test("an attempt that found the run done does not hide that its result was changed", ({
  sweep,
  run,
}) => {
  const [first] = sweep.runs;
  if (!first) throw new Error("no run");
  beginRun(sweep, first, { attempt: 2, files: { "exit.json": { status: "reused" } } });
  assert.ok(readRecord(run));
  edit(run);
  assert.throws(() => readRecord(run), saying("it is not what the run wrote"));
});

test("of a result whose attempt did not say what it wrote nothing bad is known", ({
  sweep,
  run,
}) => {
  const [first] = sweep.runs;
  if (!first) throw new Error("no run");
  edit(run);
  for (const text of ['{"status":"error"}', "{", "null"]) {
    beginRun(sweep, first, { attempt: 2, files: { "exit.json": text } });
    assert.is(readRecord(run)?.metrics["test_nll"]?.value, 0.25, text);
  }
  // One that is under way has not said anything yet.
  beginRun(sweep, first, { attempt: 3, files: { "owner.json": "{}" } });
  assert.ok(readRecord(run));
});

test("a list of runs that leads out of the sweep is neither written to nor read from", ({
  sweep,
}) => {
  const path = join(sweep.folder, "runs.jsonl");
  const [, second = ""] = readFileSync(path, "utf8").split("\n");
  const list = (runId: unknown): void => {
    writeFileSync(path, `${JSON.stringify({ ...sweep.runs[0], runId })}\n${second}\n`);
  };
  for (const runId of ["../../escaped", "..", "/etc", "a/b", "", "a\u001b[2Jb", 7]) {
    list(runId);
    const said = saying(
      `expected names of letters, digits and "-._", got ${JSON.stringify(runId)}`,
    );
    assert.throws(() => readSweep(sweep.folder), said);
    assert.throws(() => readRecords([sweep.folder]), said);
  }
  writeFileSync(path, `null\n${second}\n`);
  assert.throws(() => readSweep(sweep.folder), saying("expected an object, got null"));
  writeFileSync(path, `{"runId":\n${second}\n`);
  assert.throws(() => readRecords([sweep.folder]), saying("runs.jsonl:1 was damaged"));
});

test("a list of runs that was edited, cut, deleted or is no file is refused by all that read it", ({
  sweep,
}) => {
  const path = join(sweep.folder, "runs.jsonl");
  const text = readFileSync(path, "utf8");
  const refused = (reason: string): void => {
    for (const read of [() => readSweep(sweep.folder), () => readRecords([sweep.folder])])
      assert.throws(read, saying(`${path} ${reason}`));
  };
  writeFileSync(path, text.replace('"steps":1000', '"steps":1001'));
  refused("was damaged since it was written (it is not the list that was written)");
  assert.throws(() => readSweep(sweep.folder), saying(`--reuse ${sweep.folder}`));
  writeFileSync(path, text.slice(0, -5));
  refused("was damaged since it was written (it has 1 of the 2 runs of the sweep)");
  rmSync(path);
  refused("was damaged since it was written (it is gone)");
  mkdirSync(path);
  refused("cannot be read (EISDIR");
  rmSync(path, { recursive: true });
  writeFileSync(path, text);
  // Sweeps of the first versions did not keep its fingerprint.
  const spec = join(sweep.folder, "sweep.json");
  const { list, ...older } = JSON.parse(readFileSync(spec, "utf8")) as Record<string, unknown>;
  assert.type(list, "string");
  writeFileSync(spec, JSON.stringify(older));
  assert.equal(readSweep(sweep.folder).runs, sweep.runs);
  writeFileSync(spec, "null");
  for (const read of [() => readSweep(sweep.folder), () => readRecords([sweep.folder])])
    assert.throws(read, saying("sweep.json was damaged since it was written (expected an object"));
});

test.run();
