import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readLastJsonLine } from "../../src/runner/store/jsonl.ts";
import { locate } from "../../src/runner/store/locate.ts";
import { thisProcess } from "../../src/runner/store/owner.ts";
import { progressOf, timeLeft, type RunProgress } from "../../src/runner/store/run-status.ts";
import { saying } from "../saying.ts";
import { beginRun, endRun, fakeSweep } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("run status");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-status-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const EVALUATION = { step: 90, at: 100, steps: 400, stepsPerSecond: 50, remaining: 6 };
const lines = (...records: unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

test("each state comes from the files, with the last evaluation and who works on it", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1, 2, 3, 4] });
  const [running, lost, stopped, done] = sweep.runs;
  if (!running || !lost || !stopped || !done) throw new Error("no runs");
  const metrics = { "metrics.jsonl": lines({ step: 1, at: 1 }, EVALUATION) };
  beginRun(sweep, running, { files: { ...metrics, "owner.json": thisProcess() } });
  beginRun(sweep, lost, {
    files: { ...metrics, "owner.json": { ...thisProcess(), startTime: "1" } },
  });
  beginRun(sweep, stopped, {
    attempt: 3,
    files: { "owner.json": thisProcess(), "exit.json": { status: "stopped" } },
  });
  mkdirSync(join(sweep.folder, stopped.runId, "checkpoint"));
  writeFileSync(
    join(sweep.folder, stopped.runId, "checkpoint", "step-000000000042.safetensors"),
    "",
  );
  endRun(sweep, done, 1);
  const found = locate(sweep.folder).places.map(progressOf);
  assert.equal(
    found.map(({ state }) => state),
    ["running", "lost", "stopped", "done", "pending"],
  );
  const [first, , third] = found;
  assert.equal(
    { ...first, owner: first?.owner?.pid },
    {
      ...{ state: "running", attempt: 1, owner: process.pid },
      ...{ step: 100, steps: 400, stepsPerSecond: 50, remaining: 6 },
    },
  );
  // Without an evaluation the steps are those of the configuration.
  assert.equal(third, { state: "stopped", attempt: 3, steps: 1000, checkpoint: 42 });
});

test("a run that cannot be read is told with its reason", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1, 2] });
  const [first, second, third] = sweep.runs;
  if (!first || !second || !third) throw new Error("no runs");
  endRun(sweep, first, 1);
  endRun(sweep, second, 1);
  writeFileSync(join(sweep.folder, first.runId, "result.json"), '{"schema":1,');
  beginRun(sweep, third, { files: { "owner.json": '{"host"' } });
  const [bad, good, claim] = locate(sweep.folder).places.map(progressOf);
  assert.is(bad?.state, "damaged");
  assert.match(bad?.reason ?? "", first.runId);
  assert.is(good?.state, "done");
  assert.is(claim?.state, "damaged");
  assert.match(claim?.reason ?? "", "owner.json");
});

test("the last line of a file is found from its end, but for one that was cut off", ({
  folder,
}) => {
  const path = join(folder, "m.jsonl");
  assert.is(readLastJsonLine(path), undefined);
  writeFileSync(path, lines(...Array.from({ length: 2000 }, (_, i) => ({ i, text: "äöü" }))));
  assert.equal(readLastJsonLine(path), { i: 1999, text: "äöü" });
  writeFileSync(path, '{"i":2000', { flag: "a" });
  assert.equal(readLastJsonLine(path), { i: 1999, text: "äöü" });
  writeFileSync(path, '{"i":1');
  assert.is(readLastJsonLine(path), undefined);
});

test("what is left is shared among as many runs as are at work, but no shorter than the longest", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1, 2, 3, 4, 5] });
  const { places } = locate(sweep.folder);
  const provenance = { started: "2026-01-01T00:00:00Z", finished: "2026-01-01T00:00:10Z" };
  const finished = { state: "done", record: { provenance } } as unknown as RunProgress;
  const left = (...states: RunProgress[]) =>
    timeLeft(
      places.slice(0, states.length).map((place, i) => ({
        place,
        progress: states[i] ?? { state: "pending" },
      })),
    );
  const running = (remaining: number): RunProgress => ({ state: "running", remaining });
  const pending: RunProgress = { state: "pending" };
  // (4 + 6 + 2 · 10) / 2 runs at a time.
  assert.is(left(finished, running(4), running(6), pending, pending), 15);
  assert.is(left(finished, running(4), running(60)), 60);
  assert.is(left(finished, pending), undefined, "nothing is at work");
  assert.is(left(running(4), pending), undefined, "nothing is known of the pending one");
  // What failed says nothing about how long a run takes.
  assert.is(left({ ...finished, state: "failed" }, running(4), pending), undefined);
});

test("what is no sweep and no run is refused with what there is instead", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "first"));
  writeFileSync(join(folder, "file"), "");
  const refused = (path: string, text: string): void => {
    assert.throws(() => locate(path), saying(text));
  };
  refused(join(folder, "fisrt"), 'Did you mean "first"?');
  refused(join(folder, "file"), "expected the folder of a sweep or a run, got a file");
  refused(folder, `Give one of those in it: ${join(folder, "first")}.`);
  writeFileSync(join(sweep.folder, "sweep.json"), "{");
  refused(sweep.folder, `${join(sweep.folder, "sweep.json")} was damaged`);
});

test("a name in the list of runs that leads out of the sweep is refused", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  for (const runId of ["../other", "..", "/etc", "a/b", "", "a\u001b[2Jb"]) {
    writeFileSync(join(sweep.folder, "runs.jsonl"), lines({ ...sweep.runs[0], runId }));
    assert.throws(() => locate(sweep.folder), saying("expected names of letters"), runId);
  }
});

test.run();
