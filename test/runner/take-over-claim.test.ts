import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { thisProcess } from "../../src/runner/store/owner.ts";
import { claim, stateOf } from "../../src/runner/store/run-folder.ts";
import { takeOverClaim } from "../../src/runner/store/take-over-claim.ts";
import { saying } from "../saying.ts";
import { beginRun, fakeSweep } from "./fake-sweep.ts";

const test = suite<{ folder: string; run: string; hold: (owner: unknown) => void }>("take-over");
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-take-over-"));
  const sweep = await fakeSweep(join(context.folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  const attempt = beginRun(sweep, run);
  context.run = join(sweep.folder, run.runId);
  context.hold = (owner) => {
    const text = typeof owner === "string" ? owner : JSON.stringify(owner);
    writeFileSync(join(attempt, "owner.json"), text);
  };
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

test("a claim of another machine is broken, and the run can be claimed", ({ run, hold }) => {
  hold({ ...thisProcess(), host: "elsewhere" });
  assert.throws(() => claim(run), saying("take the run over with --take-over"));
  assert.match(takeOverClaim(run) ?? "", /taken over from process \d+ on elsewhere/);
  assert.is(stateOf(run), "stopped");
  assert.is(takeOverClaim(run), undefined, "nobody has it any more");
  assert.match(claim(run).folder, /attempt-0002$/);
});

test("a claim that cannot be read is broken as well", ({ run, hold }) => {
  for (const damaged of ['{"host"', "null", "{}", '{"host":"here","pid":"1"}']) {
    hold(damaged);
    assert.throws(() => claim(run), saying("owner.json was damaged"), damaged);
    assert.is(stateOf(run), "damaged");
  }
  assert.match(takeOverClaim(run) ?? "", /a claim that cannot be read/);
  assert.is(stateOf(run), "stopped");
});

test("a process that is surely at work, or surely gone, is left as it is", ({ run, hold }) => {
  const self = thisProcess();
  if (self.bootId === null || self.startTime === null) return;
  hold(self);
  assert.is(takeOverClaim(run), undefined);
  assert.is(stateOf(run), "running");
  hold({ ...self, startTime: "1" });
  assert.is(takeOverClaim(run), undefined);
  assert.is(stateOf(run), "lost");
  assert.equal(readdirSync(join(run, "attempt-0001")).sort(), ["log.txt", "owner.json"]);
});

test.run();
