import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  fateOf,
  isGone,
  thisProcess,
  type Machine,
  type Owner,
} from "../../src/runner/store/owner.ts";

test("this process is alive; an ended one and one with a reused pid are gone", () => {
  const self = thisProcess();
  if (self.bootId !== null && self.startTime !== null) assert.is(fateOf(self).state, "alive");
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  assert.ok(isGone({ ...self, pid, startTime: null }));
  if (self.bootId !== null && self.startTime !== null)
    assert.ok(isGone({ ...self, startTime: "1" }));
});

test("a machine that was started anew is told from another one of its name", () => {
  const here = { host: "node1", bootId: "b", machine: "m", pidSpace: "pid:[1]" };
  const { startTime } = thisProcess();
  const fate = (changed: Partial<Owner>, where: Machine = here) =>
    fateOf({ ...here, pid: process.pid, startTime, ...changed }, where);
  assert.is(fate({ bootId: "a" }).state, "gone", "the same machine, since started anew");
  const cases: readonly [string, Partial<Owner>, Machine?][] = [
    ["another machine", { host: "node2" }],
    ["on another one of this name", { bootId: "a", machine: "n" }],
    ["on another one of this name", { bootId: "a", machine: null }],
    ["on another one of this name", { bootId: null }],
    ["on another one of this name", {}, { ...here, bootId: null }],
    ["in another container", { pidSpace: "pid:[2]" }],
    // The process is there, but since when is unknown.
    ["does not say since when", { startTime: null }],
  ];
  for (const [why, changed, where] of cases) {
    const { state, ...more } = { why: "", ...fate(changed, where) };
    assert.is(state, "unknown", JSON.stringify(changed));
    assert.ok(more.why.includes(why), more.why);
  }
});

test("claims of versions that did not write the machine and the namespace are judged without", () => {
  const here = { host: "node1", bootId: "b", machine: "m", pidSpace: "pid:[1]" };
  const { startTime } = thisProcess();
  const old = { host: "node1", bootId: "b", pid: process.pid, startTime };
  if (startTime !== null) assert.is(fateOf(old, here).state, "alive");
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  assert.is(fateOf({ ...old, pid }, here).state, "gone");
  assert.is(fateOf({ ...old, bootId: "a" }, here).state, "unknown");
  // Nothing says when the machine was started: its name and the number of the process are all there is.
  const plain = { host: "mac", bootId: null };
  assert.is(fateOf({ ...plain, pid, startTime: null }, plain).state, "gone");
  assert.is(fateOf({ ...plain, pid: process.pid, startTime: null }, plain).state, "unknown");
});

test.run();
