import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Sweep } from "../../src/runner/store/sweep-folder.ts";
import { beginRun, claimOf, endRun, fakeSweep, idleProcess } from "../runner/fake-sweep.ts";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string; sweep: Sweep }>("status, logs and cancel");
test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-inspect-"));
  const sweep = await fakeSweep(join(context.folder, "s"), { seeds: [0, 1, 2] });
  const [first, second] = sweep.runs;
  if (!first || !second) throw new Error("no runs");
  endRun(sweep, first, 1.25);
  beginRun(sweep, second, { log: "began\nat \u001b[31mstep 3\n", files: { "exit.json": {} } });
  context.sweep = sweep;
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("status lists runs with their states and counts them; --json gives an object per run", ({
  folder,
  sweep,
}) => {
  const { code, stdout, stderr } = flowmeter(folder, "status", "s");
  assert.is(code, 0, stderr);
  const [first, second, third, counts] = stdout.split("\n");
  assert.match(first ?? "", /^done {6}alpha.*-s0 {2}test_nll 1\.2500 ± 0\.5000 nats$/);
  assert.match(second ?? "", /^stopped {3}alpha.*-s1 {2}has no checkpoint$/);
  assert.match(third ?? "", /^pending {3}alpha.*-s2$/);
  assert.is(counts, "1 done, 1 stopped, 1 pending");
  const objects = flowmeter(folder, "status", "s", "--json")
    .stdout.trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(
    objects.map(({ runId, state }) => [runId, state]),
    sweep.runs.map(({ runId }, i) => [runId, ["done", "stopped", "pending"][i]]),
  );
  assert.is(objects[0]?.["test_nll"], 1.25);
  const some = flowmeter(folder, "status", "s", "--state", "pending");
  assert.is(some.stdout.split("\n")[0], third);
  assert.is(flowmeter(folder, "status", "s", "--state", "lost").code, 3);
});

test("status of a folder of sweeps counts the runs of each", ({ folder }) => {
  const { code, stdout } = flowmeter(folder, "status", ".");
  assert.is(code, 0);
  assert.is(stdout, "s  1 done, 1 stopped, 1 pending\n");
});

test("a run that cannot be read is code 5, and does not hide the others", async ({ folder }) => {
  mkdirSync(join(folder, "more"));
  const sweep = await fakeSweep(join(folder, "more", "bad"));
  const [first, second] = sweep.runs;
  if (!first || !second) throw new Error("no runs");
  endRun(sweep, first, 1);
  endRun(sweep, second, 2);
  writeFileSync(join(sweep.folder, first.runId, "result.json"), "{");
  const { code, stdout } = flowmeter(folder, "status", "more/bad");
  assert.is(code, 5);
  assert.match(stdout, /^damaged +alpha.*JSON/);
  assert.match(stdout, /1 damaged, 1 done/);
});

test("logs shows the log of a run, the last line of each of a sweep, or why there is none", ({
  folder,
  sweep,
}) => {
  assert.is(flowmeter(folder, "logs", "s", "1").stdout, "began\nended\n");
  assert.is(
    flowmeter(folder, "logs", join("s", sweep.runs[0]?.runId ?? "")).stdout,
    "began\nended\n",
  );
  const list = flowmeter(folder, "logs", "s").stdout.split("\n");
  assert.match(list[0] ?? "", /^1 {2}done {6}alpha.*-s0 {2}ended$/);
  // What would have coloured the screen is shown without its effect.
  assert.match(list[1] ?? "", /^2 {2}stopped {3}alpha.*-s1 {2}at {2}\[31mstep 3$/);
  assert.match(list[2] ?? "", /^3 {2}pending {3}alpha.*-s2$/);
  const objects = (...args: string[]): readonly unknown[] =>
    flowmeter(folder, "logs", "s", ...args, "--json")
      .stdout.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  const run = sweep.runs[0]?.runId;
  const [attempt1, last] = ["attempt-0001", "ended"];
  assert.equal(objects()[0], { run, state: "done", attempt: attempt1, last });
  assert.equal(objects("1")[1], { run, attempt: attempt1, line: last });
  const pending = flowmeter(folder, "logs", "s", "3");
  assert.is(pending.code, 3);
  assert.is(pending.stdout, "");
  assert.match(pending.stderr, /has no log yet: it has not been started/);
  const attempt = flowmeter(folder, "logs", "s", "1", "--attempt", "2");
  assert.is(attempt.code, 2);
  assert.match(attempt.stderr, /expected an attempt that there is \(1\), got --attempt 2/);
});

test("logs --follow of runs that have ended, and of a sweep, ends by itself", ({ folder }) => {
  assert.is(flowmeter(folder, "logs", "s", "1", "-f").stdout, "began\nended\n");
  const all = flowmeter(folder, "logs", "s", "-f");
  assert.is(all.code, 0);
  assert.match(all.stdout, /^alpha.*-s1 \| began\nalpha.*-s1 \| at/);
  assert.not.match(all.stdout, /-s0 \|/, "its run had ended before");
});

test("cancel stops what works and says so; --dry-run does not; without any it is code 3", async ({
  folder,
}) => {
  const nothing = flowmeter(folder, "cancel", "s");
  assert.is(nothing.code, 3);
  assert.is(nothing.stdout, "");
  assert.match(nothing.stderr, /Nothing works on s\./);
  const child = await idleProcess();
  const ended = new Promise((resolve) =>
    child.on("exit", (_, signal) => {
      resolve(signal);
    }),
  );
  try {
    const sweep = await fakeSweep(join(folder, "busy"), { seeds: [0, 1] });
    const [here, there] = sweep.runs;
    if (!here || !there) throw new Error("no runs");
    const attempt = beginRun(sweep, here);
    writeFileSync(join(attempt, "owner.json"), JSON.stringify(claimOf(child.pid, attempt)));
    const far = beginRun(sweep, there);
    const owner = { ...claimOf(child.pid, far), host: "elsewhere" };
    appendFileSync(join(far, "owner.json"), JSON.stringify(owner));
    const dry = flowmeter(folder, "cancel", "busy", "--dry-run");
    assert.match(dry.stdout, /would be asked to stop with a checkpoint/);
    assert.match(dry.stderr, /on elsewhere .* on elsewhere type: flowmeter cancel busy/);
    assert.is(child.signalCode, null);
    const done = flowmeter(folder, "cancel", "busy", "--json");
    assert.is(done.code, 0, done.stderr);
    const said = JSON.parse(done.stdout) as Record<string, unknown>;
    assert.equal([said["pid"], said["outcome"]], [child.pid, "asked"]);
    assert.is(await ended, "SIGTERM");
    writeFileSync(join(far, "owner.json"), "{");
    const damaged = flowmeter(folder, "cancel", "busy");
    assert.is(damaged.code, 5);
    assert.match(damaged.stderr, /is left alone: .*owner\.json was damaged/);
  } finally {
    child.kill("SIGKILL");
  }
});

test("folders that are none of a sweep or a run are refused by all three", ({ folder }) => {
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "empty"), { recursive: true });
  for (const command of ["status", "logs", "cancel"])
    for (const [dir, message] of [
      ["nowhere", /expected the folder of a sweep or a run, and there is none/],
      ["file", /expected the folder of a sweep or a run, got a file/],
      ["empty", /neither sweep\.json nor config\.json/],
    ] as const) {
      const { code, stdout, stderr } = flowmeter(folder, command, dir);
      assert.is(code, 2, `${command} ${dir}: ${stderr}`);
      assert.is(stdout, "");
      assert.match(stderr, message);
    }
});

test.run();
