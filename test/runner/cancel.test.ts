import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { askedAt, atWork, stopWorker } from "../../src/runner/cancel.ts";
import { locate } from "../../src/runner/store/locate.ts";
import { isSurelyAlive, placeOf, thisProcess } from "../../src/runner/store/owner.ts";
import { beginRun, claimOf, fakeSweep, idleProcess } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("cancel");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-cancel-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const NOBODY = { here: [], elsewhere: [], unreadable: [] };

/** A sweep of one run, which these processes do. */
async function sweepOf(folder: string, worker: number | undefined, supervisor?: number) {
  const sweep = await fakeSweep(join(folder, "s"), { seeds: [0] });
  const [run] = sweep.runs;
  if (!run) throw new Error("no run");
  const attempt = beginRun(sweep, run);
  const claim = claimOf(worker, attempt);
  writeFileSync(join(attempt, "owner.json"), JSON.stringify(claim));
  if (supervisor !== undefined) {
    const open = { event: "open", owner: claimOf(supervisor, sweep.folder) };
    writeFileSync(
      join(sweep.folder, "events", "x.jsonl"),
      `${JSON.stringify({ ...open, place: placeOf(sweep.folder) })}\n`,
    );
  }
  return { sweep, attempt, claim, runId: run.runId };
}

const claimAgain = (attempt: string, claim: object): void => {
  writeFileSync(join(attempt, "owner.json"), JSON.stringify(claim));
};

test("the process that does the sweep is asked first, then those of the runs, each once", async ({
  folder,
}) => {
  // Both count what they are told, and stay.
  const count =
    'let n = 0; process.on("SIGTERM", () => { n++; process.stdout.write("told " + n + "\\n") })';
  const [supervisor, worker] = [await idleProcess(count), await idleProcess(count)];
  try {
    const { sweep, runId } = await sweepOf(folder, worker.pid, supervisor.pid);
    const located = locate(sweep.folder);
    const { here, elsewhere } = atWork(located);
    assert.equal(
      here.map(({ owner, does }) => [owner.pid, does]),
      [
        [supervisor.pid, "the sweep"],
        [worker.pid, { run: runId }],
      ],
    );
    assert.equal(elsewhere, []);
    const told = Promise.all(
      [supervisor, worker].map((child) => new Promise((r) => child.stdout?.once("data", r))),
    );
    assert.equal(
      here.map((one) => stopWorker(one, { kill: false })),
      ["asked", "asked"],
    );
    assert.equal((await told).map(String), ["told 1\n", "told 1\n"]);
    // A second signal would end it without its checkpoint.
    const again = atWork(locate(sweep.folder)).here;
    assert.equal(
      again.map((one) => stopWorker(one, { kill: false })),
      ["asked before", "asked before"],
    );
    const [first] = again;
    assert.ok(first && askedAt(first));
    const ended = new Promise((resolve) =>
      worker.on("exit", (_, signal) => {
        resolve(signal);
      }),
    );
    assert.equal(
      again.map((one) => stopWorker(one, { kill: true })),
      ["killed", "killed"],
    );
    assert.is(await ended, "SIGKILL");
  } finally {
    supervisor.kill("SIGKILL");
    worker.kill("SIGKILL");
  }
});

test("a process is left alone unless host, boot, pid, start time and folder are those of the claim", async ({
  folder,
}) => {
  const child = await idleProcess();
  try {
    const { sweep, attempt, claim } = await sweepOf(folder, child.pid);
    const found = () => atWork(locate(sweep.folder));
    assert.is(found().here.length, 1);
    for (const [what, changed] of Object.entries({
      "a reused pid": { ...claim, startTime: "1" },
    })) {
      claimAgain(attempt, changed);
      assert.equal(found(), NOBODY, what);
    }
    for (const [what, changed] of Object.entries({
      "another host": { ...claim, host: "elsewhere" },
      "an unknown start time": { ...claim, startTime: null },
      "an unknown boot": { ...claim, bootId: null },
      "a boot of another machine": { ...claim, bootId: "another", machine: "another" },
      "another container": { ...claim, pidSpace: "another" },
    })) {
      claimAgain(attempt, changed);
      assert.equal(found().here, [], what);
      assert.is(found().elsewhere.length, 1, what);
    }
    claimAgain(attempt, claim);
    cpSync(sweep.folder, join(folder, "copy"), { recursive: true });
    assert.equal(atWork(locate(join(folder, "copy"))).here, [], "a copy");
    claimAgain(attempt, { ...claim, pid: process.pid, startTime: thisProcess().startTime });
    assert.equal(found().here, [], "this process");
    assert.is(child.exitCode, null);
    assert.is(child.signalCode, null);
  } finally {
    child.kill("SIGKILL");
  }
});

test("what ends between looking and signalling is told, and no one else is signalled", async ({
  folder,
}) => {
  const child = await idleProcess();
  const { sweep } = await sweepOf(folder, child.pid);
  const [worker] = atWork(locate(sweep.folder)).here;
  if (!worker) throw new Error("nobody works");
  const ended = new Promise((resolve) => child.on("exit", resolve));
  // Its number went to another process in between.
  const reused = { ...worker, owner: { ...worker.owner, startTime: "1" } };
  assert.is(stopWorker(reused, { kill: true }), "had ended");
  assert.is(child.signalCode, null);
  child.kill("SIGTERM");
  assert.is(await ended, null, "it was the SIGTERM that ended it");
  assert.is(child.signalCode, "SIGTERM");
  assert.not.ok(isSurelyAlive(worker.owner));
  assert.is(stopWorker(worker, { kill: false }), "had ended");
  assert.is(askedAt(worker), undefined);
  assert.equal(atWork(locate(sweep.folder)), NOBODY);
});

test("a claim that was damaged is told, and does not keep the others from being found", async ({
  folder,
}) => {
  const child = await idleProcess();
  try {
    const sweep = await fakeSweep(join(folder, "s"), { seeds: [0, 1] });
    const [first, second] = sweep.runs;
    if (!first || !second) throw new Error("no runs");
    writeFileSync(join(beginRun(sweep, first), "owner.json"), '{"host"');
    const attempt = beginRun(sweep, second);
    claimAgain(attempt, claimOf(child.pid, attempt));
    const { here, unreadable } = atWork(locate(sweep.folder));
    assert.equal(
      here.map(({ does }) => does),
      [{ run: second.runId }],
    );
    assert.equal(
      unreadable.map(({ run }) => run),
      [first.runId],
    );
    assert.match(unreadable[0]?.reason ?? "", /owner\.json was damaged/);
  } finally {
    child.kill("SIGKILL");
  }
});

test.run();
