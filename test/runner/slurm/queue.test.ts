import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isActive, isWaiting, parseJobId, parseQueue } from "../../../src/runner/slurm/queue.ts";
import { parseTimeLeft } from "../../../src/runner/slurm/requeue.ts";

const test = suite("slurm's words");

test("an id stands for a job, a place in an array, or the places that still wait", () => {
  assert.equal(parseJobId("12"), [{ job: "12", index: null }]);
  assert.equal(parseJobId("12_3"), [{ job: "12", index: 3 }]);
  const places = (id: string) => parseJobId(id).map(({ index }) => index);
  assert.equal(places("12_[3-7%2]"), [3, 4, 5, 6, 7]);
  assert.equal(places("12_[0,2-3,8-12:2]"), [0, 2, 3, 8, 10, 12]);
  for (const other of ["", "CLUSTER: north", "12_x", "12+0", "slurm_load_jobs"])
    assert.equal(parseJobId(other), [], other);
});

test("the queue's lines are read, and what is none is passed over", () => {
  assert.equal(parseQueue("CLUSTER: north\n12_[1-2%1]|PENDING|Priority\n12_0|RUNNING|None\n\n"), [
    { job: "12", index: 1, state: "PENDING", reason: "Priority" },
    { job: "12", index: 2, state: "PENDING", reason: "Priority" },
    { job: "12", index: 0, state: "RUNNING", reason: "None" },
  ]);
  // As sacct writes them.
  assert.equal(
    parseQueue("12_0|CANCELLED by 1000\n13|CANCELLED+").map(({ state }) => state),
    ["CANCELLED", "CANCELLED"],
  );
});

test("a job is at work until it has ended, also while it is completing or put back", () => {
  for (const state of ["PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "CONFIGURING"])
    assert.ok(isActive({ state }), state);
  for (const state of ["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", ""])
    assert.not.ok(isActive({ state }), state);
  assert.equal(
    ["PENDING", "REQUEUE_HOLD", "RUNNING"].map((state) => isWaiting({ state })),
    [true, true, false],
  );
});

test("the time left is read in all of its forms", () => {
  assert.equal(
    ["59", "1:30", "2:00:00", "1-00:00:01", " 0:00\n"].map(parseTimeLeft),
    [59, 90, 7200, 86_401, 0],
  );
  for (const word of ["UNLIMITED", "INVALID", "NOT_SET", ""])
    assert.ok(Number.isNaN(parseTimeLeft(word)), word);
});

test.run();
