import { test } from "uvu";
import * as assert from "uvu/assert";
import { nextCommands } from "../../src/cli/next-commands.ts";
import type { RunEnd } from "../../src/runner/sweep.ts";

const ends = (...outcomes: readonly RunEnd["outcome"][]): readonly RunEnd[] =>
  outcomes.map((outcome, i) => ({
    ...{ outcome, started: true, reused: false, log: "log.txt" },
    run: { runId: `run-${i}` } as RunEnd["run"],
  }));
const next = (...outcomes: readonly RunEnd["outcome"][]): string =>
  nextCommands("s", ends(...outcomes))
    .map((text) => text.replace("flowmeter ", ""))
    .join("; ");

test("after failures comes first what shows why, and what does them again", () => {
  assert.is(next("done", "done"), "table s; report s");
  assert.is(next("failed", "failed"), "logs s run-0; resume s");
  assert.is(next("done", "failed"), "logs s run-1; resume s; table s; report s");
  assert.is(next("done", "diverged"), "logs s run-1; table s; report s", "it would diverge again");
  assert.is(next("diverged"), "logs s run-0");
});

test("what was stopped is to be gone on with before anything is compared", () => {
  assert.is(next("done", "stopped"), "resume s");
  assert.is(next("done", "busy", "failed"), "logs s run-2; resume s");
});

test("a run without a log has none to show", () => {
  const run = { runId: "x" } as RunEnd["run"];
  const end: RunEnd = { run, outcome: "failed", started: false, reused: false };
  assert.equal(nextCommands("s", [end]), ["flowmeter resume s"]);
});

test.run();
