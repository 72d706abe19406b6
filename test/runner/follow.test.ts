import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findRun } from "../../src/runner/store/find-run.ts";
import { followLog, isOver, tailOf } from "../../src/runner/store/follow.ts";
import { readTail } from "../../src/runner/store/jsonl.ts";
import { locate } from "../../src/runner/store/locate.ts";
import { placeOf, thisProcess } from "../../src/runner/store/owner.ts";
import { supervisorWriter } from "../../src/runner/store/sweep-folder.ts";
import { saying } from "../saying.ts";
import { beginRun, endRun, fakeSweep, recordOf } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("logs");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-logs-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("a file that grows, shrinks or is replaced is read once, in whole characters", ({
  folder,
}) => {
  const path = join(folder, "log");
  const read = tailOf(path);
  assert.is(read(), "", "it does not exist yet");
  const umlaut = Buffer.from("ä");
  writeFileSync(path, Buffer.concat([Buffer.from("one "), umlaut.subarray(0, 1)]));
  assert.is(read(), "one ");
  appendFileSync(path, umlaut.subarray(1));
  assert.is(read(), "ä");
  assert.is(read(), "");
  writeFileSync(path, "new");
  assert.is(read(), "new", "shorter than before: read from its start");
  writeFileSync(join(folder, "other"), "longer than the one before");
  renameSync(join(folder, "other"), path);
  assert.is(read(), "longer than the one before");
});

test("a log is followed through a new attempt to the end of the run", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  const owner = { "owner.json": thisProcess() };
  const first = beginRun(sweep, run, { log: "a\n", files: owner });
  const next = followLog(join(sweep.folder, run.runId));
  assert.equal(next(), { pieces: [{ attempt: "attempt-0001", text: "a\n" }], over: false });
  appendFileSync(join(first, "log.txt"), "b\n");
  writeFileSync(join(first, "exit.json"), "{}");
  const second = beginRun(sweep, run, { attempt: 2, log: "c\n", files: owner });
  assert.equal(next(), {
    pieces: [
      { attempt: "attempt-0001", text: "b\n" },
      { attempt: "attempt-0002", text: "c\n" },
    ],
    over: false,
  });
  appendFileSync(join(second, "log.txt"), "d\n");
  writeFileSync(join(sweep.folder, run.runId, "result.json"), JSON.stringify(recordOf(run, 1)));
  assert.equal(next(), { pieces: [{ attempt: "attempt-0002", text: "d\n" }], over: true });
});

test("between two attempts a log goes on as long as the process that does the sweep lives", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  beginRun(sweep, run, { log: "a\n", files: { "exit.json": {} } });
  const over = (): boolean => followLog(join(sweep.folder, run.runId))().over;
  assert.ok(over());
  const events = join(sweep.folder, "events", "x.jsonl");
  const open = { event: "open", owner: thisProcess(), place: placeOf(sweep.folder) };
  writeFileSync(events, `${JSON.stringify(open)}\n{"event":"start"}\n`);
  assert.not.ok(over());
  writeFileSync(events, `${JSON.stringify({ ...open, place: "1:1" })}\n`);
  assert.ok(over(), "it works in the folder of which this is a copy");
  writeFileSync(events, JSON.stringify(open).slice(0, -3));
  assert.ok(over(), "cut off in its first line");
});

test("the log of a run that failed goes on while a resumed sweep has still to do it again", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  endRun(sweep, run, NaN, { status: "failed" });
  const over = (): boolean => isOver(join(sweep.folder, run.runId));
  assert.ok(over(), "nobody does the sweep");
  const event = supervisorWriter(sweep.folder);
  assert.not.ok(over(), "it waits for its turn");
  event({ event: "start", run: run.runId });
  const second = beginRun(sweep, run, { attempt: 2, files: { "owner.json": thisProcess() } });
  assert.not.ok(over(), "it is under way");
  writeFileSync(join(second, "exit.json"), "{}");
  event({ event: "end", run: run.runId, outcome: "failed" });
  event({ event: "start", run: "another" });
  assert.ok(over(), "it failed again");
});

test("an attempt that was asked for is followed to its own end", async ({ folder }) => {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  beginRun(sweep, run, { log: "a\n", files: { "exit.json": {} } });
  beginRun(sweep, run, { attempt: 2, log: "c\n", files: { "owner.json": thisProcess() } });
  const next = followLog(join(sweep.folder, run.runId), "attempt-0001");
  assert.equal(next(), { pieces: [{ attempt: "attempt-0001", text: "a\n" }], over: true });
});

test("a run is found by name, beginning or number, and anything else is refused with a guess", async ({
  folder,
}) => {
  const sweep = await fakeSweep(join(folder, "s"), {
    overrides: ["family=alpha,beta", "data=dots"],
    seeds: [0, 1],
  });
  const located = locate(sweep.folder);
  const ids = sweep.runs.map(({ runId }) => runId);
  const [, second = ""] = ids;
  const beta = ids.findIndex((id) => id.startsWith("beta"));
  assert.is(findRun(located, second).runId, second);
  assert.is(findRun(located, "2").runId, second);
  assert.is(findRun(located, ids[beta] ?? "").runId, ids[beta]);
  const refused = (word: string, text: string): void => {
    assert.throws(() => findRun(located, word), saying(text), word);
  };
  refused("alpha", '2 runs begin with "alpha"');
  refused("alhpa", `Did you mean ${ids[0] ?? ""}, ${second}?`);
  refused("0", "expected a number from 1 to 4, got 0");
  refused("5", "expected a number from 1 to 4, got 5");
  refused("", 'has no run ""');
  refused("../s", 'has no run "../s"');
  // The beginning of one name only.
  const one = await fakeSweep(join(folder, "u"), { seeds: [0] });
  assert.is(findRun(locate(one.folder), "alp").runId, one.runs[0]?.runId);
});

test("a log that cannot be read is told with its file", ({ folder }) => {
  const path = join(folder, "log.txt");
  mkdirSync(path);
  for (const read of [tailOf(path), () => readTail(path)])
    assert.throws(read, saying(`${path} cannot be read (EISDIR`));
});

test.run();
