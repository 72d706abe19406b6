import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cancelSlurm } from "../../../src/runner/slurm/cancel.ts";
import { breakStaleClaims } from "../../../src/runner/slurm/stale-claims.ts";
import { createSubmission, readSubmissions } from "../../../src/runner/slurm/submission.ts";
import { submitSweep } from "../../../src/runner/slurm/submit-sweep.ts";
import { takeBack } from "../../../src/runner/slurm/take-back.ts";
import { watchSweep } from "../../../src/runner/slurm/watch.ts";
import { failedRecord } from "../../../src/runner/make-record.ts";
import { startStopwatch } from "../../../src/runner/stopwatch.ts";
import { writeJson } from "../../../src/runner/store/atomic-write.ts";
import { thisProcess } from "../../../src/runner/store/owner.ts";
import { jobIn } from "../../../src/runner/store/owning-job.ts";
import { claim, createRunFolder, stateOf } from "../../../src/runner/store/run-folder.ts";
import { lastExit } from "../../../src/runner/store/last-attempt.ts";
import type { Sweep } from "../../../src/runner/store/sweep-folder.ts";
import { flowmeter } from "../../cli/flowmeter.ts";
import { claimOf, idleProcess } from "../fake-sweep.ts";
import { fakeSlurm, fakeSweep } from "./fake-slurm.ts";

const test = suite<{ folder: string }>("slurm's jobs");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-jobs-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** A sweep whose runs are the places of job 12. */
async function submitted(folder: string, count: number) {
  const sweep = await fakeSweep(folder, count);
  const slurm = fakeSlurm(folder, { sbatch: "echo 12" });
  await submitSweep(sweep, { options: {}, force: false, scheduler: slurm.scheduler });
  return { sweep, slurm };
}

const runFolder = (sweep: Sweep, i: number): string => {
  const run = sweep.runs[i];
  if (run === undefined) throw new Error(`no run ${i}`);
  const folder = join(sweep.folder, run.runId);
  createRunFolder(folder, run);
  return folder;
};

/** A claim of a job on a machine that this one cannot look into. */
function claimElsewhere(folder: string, id: string, restarts = 0): void {
  const attempt = join(folder, "attempt-0001");
  mkdirSync(attempt);
  const owner = { ...thisProcess(), host: "node7", job: { id, restarts } };
  writeJson(join(attempt, "owner.json"), owner);
}

const states = async (poll: ReturnType<typeof watchSweep>) =>
  (await poll()).map(({ state, detail }) => `${state}: ${detail}`);

test("what is in the queue waits or runs, with the reason", async ({ folder }) => {
  const { sweep, slurm } = await submitted(folder, 4);
  claimElsewhere(runFolder(sweep, 0), "12_0");
  // Put back: its claim is of its earlier start.
  claimElsewhere(runFolder(sweep, 1), "12_1");
  slurm.set({
    squeue:
      "echo '12_0|RUNNING|None'; echo '12_1|PENDING|BeginTime'; echo '12_[2-3%1]|PENDING|None'",
  });
  assert.equal(await states(watchSweep(sweep, slurm.scheduler)), [
    "running: job 12_0",
    "pending: job 12_1, BeginTime",
    "pending: job 12_2",
    "pending: job 12_3",
  ]);
  assert.is(slurm.calls("squeue").length, 1, "one question for all");
  assert.is(slurm.calls("sacct").length, 0);
});

test("a job that is gone without a file is lost when that is so twice; sacct that answers with nothing changes nothing", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 3);
  claimElsewhere(runFolder(sweep, 0), "12_0");
  // Another process, of no job, works on this one.
  claim(runFolder(sweep, 2));
  const poll = watchSweep(sweep, slurm.scheduler);
  assert.equal(await states(poll), [
    "running: job 12_0 is gone; its files may follow",
    "running: job 12_1 is gone; its files may follow",
    "running: ",
  ]);
  assert.equal(await states(poll), [
    "lost: job 12_0 is gone and left no result",
    "lost: job 12_1 is gone and left no result",
    "running: ",
  ]);
});

test("the queue and the accounting say how a job ended, files whether it is done", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 5);
  for (const i of [0, 1]) claimElsewhere(runFolder(sweep, i), `12_${i}`);
  claim(runFolder(sweep, 3)).finish("preempted");
  const [, , , , last] = sweep.runs;
  if (last !== undefined)
    writeJson(join(runFolder(sweep, 4), "result.json"), failedRecord(last, "no", startStopwatch()));
  slurm.set({
    squeue: "echo '12_0|OUT_OF_MEMORY|OutOfMemory'; echo '12_3|FAILED|NonZeroExitCode'",
    sacct: "echo '12_1|NODE_FAIL'; echo '12_2|CANCELLED by 0'",
  });
  const poll = watchSweep(sweep, slurm.scheduler);
  await poll();
  assert.equal(await states(poll), [
    "lost: job 12_0 ended as OUT_OF_MEMORY and left no result",
    "lost: job 12_1 ended as NODE_FAIL and left no result",
    "stopped: job 12_2 was cancelled before it began",
    "stopped: job 12_3 ended as FAILED, preempted",
    "failed: ",
  ]);
});

test("claims are broken only of jobs that are over, and of a job's own earlier starts", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 4);
  const folders = [0, 1, 2, 3].map((i) => runFolder(sweep, i));
  const [over = "", active = "", again = "", now = ""] = folders;
  claimElsewhere(over, "11_0");
  claimElsewhere(active, "11_1");
  claimElsewhere(again, "12_2", 0);
  claimElsewhere(now, "12_3", 1);
  slurm.set({
    squeue: "echo '11_0|NODE_FAIL|None'; echo '11_1|RUNNING|None'; echo '12_3|COMPLETING|None'",
  });
  // Slurm does not set the count on the first start.
  const job = (restarts: string | undefined) =>
    jobIn({
      ...{ SLURM_JOB_ID: "15", SLURM_ARRAY_JOB_ID: "12", SLURM_ARRAY_TASK_ID: "2" },
      ...(restarts !== undefined && { SLURM_RESTART_COUNT: restarts }),
    });
  assert.equal(job(undefined), { id: "12_2", restarts: 0 });
  await breakStaleClaims(folders, slurm.scheduler, job(undefined));
  assert.equal(folders.map(stateOf), ["stopped", "running", "running", "running"]);
  assert.equal(lastExit(over)?.status, "lost");
  await breakStaleClaims([again, now], slurm.scheduler, job("1"));
  assert.equal([again, now].map(stateOf), ["stopped", "running"]);
  assert.throws(() => claim(active), /in use by process .* on node7/);
  // A queue that does not answer proves nothing.
  slurm.set({ squeue: "exit 1" });
  const asked = breakStaleClaims([active], slurm.scheduler).then(
    () => "broken",
    () => "refused",
  );
  assert.is(await asked, "refused");
  assert.is(stateOf(active), "running");
});

test("a job that was given up ends at once if it starts after all, as does one beside the one that is known", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 1);
  const { folder: given } = createSubmission(sweep, 2, {
    runs: sweep.runs.map(({ runId }) => runId),
    options: {},
  });
  writeJson(join(given, "job.json"), { abandoned: "no answer" });
  const [known] = readSubmissions(sweep.folder);
  const work = (at: string) => {
    const job = { SLURM_ARRAY_JOB_ID: "13", SLURM_ARRAY_TASK_ID: "0" };
    Object.assign(process.env, job);
    try {
      return flowmeter(folder, "worker", at, "--slurm");
    } finally {
      delete process.env["SLURM_ARRAY_JOB_ID"];
      delete process.env["SLURM_ARRAY_TASK_ID"];
    }
  };
  for (const at of [given, known?.folder ?? ""]) {
    const ended = work(at);
    assert.is(ended.code, 0, ended.stderr);
  }
  assert.equal(
    (await watchSweep(sweep, slurm.scheduler)()).map(({ state }) => state),
    ["running"],
  );
  assert.match(
    flowmeter(folder, "worker", given, "--slurm").stderr,
    /works only as a job of an array that sbatch submitted/,
  );
});

test("cancel ends the jobs that wait or work, and finds one whose submission was cut off", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 2);
  createSubmission(sweep, 2, { runs: sweep.runs.map(({ runId }) => runId), options: {} });
  const first = readSubmissions(sweep.folder)[0]?.manifest.token ?? "";
  slurm.set({
    squeue: `case "$*" in
      *--name=${first}\\ *) echo '12_0|COMPLETED|None' ;;
      *) echo '14_[0-1]|PENDING|Resources' ;;
    esac`,
  });
  const { scheduler } = slurm;
  const found = { jobs: ["14"], runs: 2 };
  assert.equal(await cancelSlurm(sweep.folder, { scheduler, dryRun: true }), found);
  assert.equal(slurm.calls("scancel"), []);
  assert.is(readSubmissions(sweep.folder)[1]?.fate, undefined, "a dry run decides nothing");
  assert.equal(await cancelSlurm(sweep.folder, { scheduler }), found);
  assert.equal(slurm.calls("scancel"), ["14"]);
  await cancelSlurm(sweep.folder, { scheduler, kill: true });
  assert.equal(slurm.calls("scancel"), ["14", "--signal=KILL --batch 14", "14"]);
  slurm.set({ squeue: "" });
  assert.equal(await states(watchSweep(sweep, slurm.scheduler)), [
    "stopped: job 14_0 was cancelled before it began",
    "stopped: job 14_1 was cancelled before it began",
  ]);
  assert.equal(await cancelSlurm(sweep.folder, { scheduler }), { jobs: [], runs: 0 });
});

test("on the command line status has the queue's states, and cancel leaves processes of jobs to Slurm", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 2);
  const child = await idleProcess();
  const { PATH = "" } = process.env;
  Object.assign(process.env, { FAKE: slurm.file(""), PATH: `${slurm.file("bin")}:${PATH}` });
  try {
    const attempt = join(runFolder(sweep, 0), "attempt-0001");
    mkdirSync(attempt);
    const owner = { ...claimOf(child.pid, attempt), job: { id: "12_0", restarts: 0 } };
    writeJson(join(attempt, "owner.json"), owner);
    slurm.set({ squeue: "echo '12_0|RUNNING|None'; echo '12_1|PENDING|Resources'" });
    const status = flowmeter(folder, "status", "sweep");
    assert.match(
      status.stdout,
      /^running .*-s0 {2}job 12_0, .*process \d+ on .*\npending .*-s1 {2}job 12_1, Resources\n1 running, 1 pending\n$/,
    );
    const dry = flowmeter(folder, "cancel", "sweep", "--dry-run");
    assert.is(dry.stdout, "job 12 (2 runs waiting or at work): would be cancelled\n");
    assert.equal(slurm.calls("scancel"), []);
    const { code, stdout } = flowmeter(folder, "cancel", "sweep", "--json");
    assert.is(code, 0);
    assert.equal(JSON.parse(stdout), { jobs: ["12"], runs: 2, outcome: "cancelled" });
    assert.equal(slurm.calls("scancel"), ["12"]);
    assert.is(child.signalCode, null);
  } finally {
    child.kill("SIGKILL");
    process.env["PATH"] = PATH;
    delete process.env["FAKE"];
  }
});

test("to be done on this machine, a sweep leaves to the queue what is there and takes the rest", async ({
  folder,
}) => {
  const { sweep, slurm } = await submitted(folder, 3);
  claimElsewhere(runFolder(sweep, 0), "12_0");
  claimElsewhere(runFolder(sweep, 1), "12_1");
  slurm.set({ squeue: "echo '12_0|TIMEOUT|None'; echo '12_1|RUNNING|None'" });
  const { sweep: free, queued } = await takeBack(sweep, slurm.scheduler);
  assert.is(queued, 1);
  assert.equal(free.runs, [sweep.runs[0], sweep.runs[2]]);
  claim(runFolder(sweep, 0));
});

test.run();
