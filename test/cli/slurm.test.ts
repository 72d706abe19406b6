import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { readSubmissions } from "../../src/runner/slurm/submission.ts";
import { flowmeter } from "./flowmeter.ts";
import { startCluster, whyNoCluster, type Cluster } from "./slurm-cluster.ts";
import { until } from "./until.ts";

const missing = whyNoCluster();
if (missing !== undefined) console.log(`skipped: sweeps on a real Slurm: ${missing}`);

const test = suite<{ folder: string; cluster: Cluster }>("slurm");
const check = (name: string, body: Parameters<typeof test>[1]): void => {
  if (missing === undefined) test(name, body);
  else test.skip(name, body);
};
if (missing === undefined) {
  test.before(async (context) => {
    context.folder = mkdtempSync(join(tmpdir(), "flowmeter-slurm-"));
    context.cluster = await startCluster(join(context.folder, "cluster"));
    await context.cluster.ready();
    process.env["FLOWMETER_SLURM_POLL"] = "1";
  });
  test.after(async ({ folder, cluster }) => {
    delete process.env["FLOWMETER_SLURM_POLL"];
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });
}

const TINY = ["family=gaussian", "data=two-moons", "data.size=500", "evaluation.samples=20"];
const LONG = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.batch=16", "training.patience=null", "evaluation.samples=10"],
];
const steps = (n: number): readonly string[] => [
  `training.steps=${n}`,
  `training.checkpointEvery=${n / 20}`,
];

const runsIn = (sweep: string): readonly string[] =>
  readdirSync(sweep)
    .filter((name) => /-s\d+$/.test(name))
    .sort()
    .map((name) => join(sweep, name));
const read = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(...path), "utf8"));
const jobsOf = (sweep: string): readonly string[] =>
  readSubmissions(sweep).flatMap(({ fate }) =>
    fate !== undefined && "job" in fate ? [fate.job] : [],
  );
const hasCheckpoint = (sweep: string): boolean =>
  runsIn(sweep).some(
    (run) =>
      existsSync(join(run, "checkpoint")) &&
      readdirSync(join(run, "checkpoint")).some((name) => name.endsWith(".safetensors")),
  );
const isOver = (cluster: Cluster): boolean => cluster.call("squeue", "-h") === "";

check("a sweep is done by an array of jobs, and followed to its table", ({ folder }) => {
  const asked = ["sweep", ...TINY, "--seeds", "3", "--out", "tiny", "--launcher", "slurm"];
  const { code, stdout, stderr } = flowmeter(folder, ...asked, "--wait", "--cpus", "1");
  assert.is(code, 0, stderr);
  assert.match(stderr, /^job \d+: 3 runs\n/);
  assert.match(stdout, /\| gaussian +\| +\*\*[\d.]+ ± [\d.]+\*\*/);
  assert.match(stderr, /\[3\/3 runs.*\n\n3 done in /);
  const [job = ""] = jobsOf(join(folder, "tiny"));
  assert.equal(
    runsIn(join(folder, "tiny")).map(
      (run) => (read(run, "attempt-0001", "owner.json") as { job: unknown }).job,
    ),
    [0, 1, 2].map((i) => ({ id: `${job}_${i}`, restarts: 0 })),
  );
  const again = flowmeter(folder, "resume", "tiny");
  assert.is(again.code, 0, again.stderr);
  assert.match(again.stderr, /3 done before/);
  assert.is(again.stdout, "");
});

check(
  "a sweep that is cancelled stops, at work or not, and its table says so",
  async ({ folder, cluster }) => {
    const sweep = join(folder, "cancelled");
    const asked = [...LONG, ...steps(2_000_000), "--seeds", "2", "--array-throttle", "1"];
    const { code, stderr } = flowmeter(
      folder,
      ...["sweep", ...asked, "--out", "cancelled", "--launcher", "slurm"],
    );
    assert.is(code, 0, stderr);
    assert.match(
      stderr,
      /flowmeter status cancelled\n.*flowmeter logs cancelled .*\n.*flowmeter canc/,
    );
    await until("a run is at work", () =>
      runsIn(sweep).some((run) => existsSync(join(run, "attempt-0001", "metrics.jsonl"))),
    );
    const [job = ""] = jobsOf(sweep);
    const { stdout } = flowmeter(folder, "status", "cancelled");
    assert.match(
      stdout,
      new RegExp(`^running .*-s0  job ${job}_0, .*\npending .*-s1  job ${job}_1, `),
    );
    assert.is(
      flowmeter(folder, "cancel", "cancelled").stdout,
      `job ${job} (2 runs waiting or at work): cancelled, with checkpoints\n`,
    );
    await until("the jobs are over", () => isOver(cluster));
    assert.match(
      flowmeter(folder, "status", "cancelled").stdout,
      /^stopped .*-s0 .*stopped, .*goes on from step \d+\nstopped .*-s1 .*cancelled before it began\n2 stopped\n$/,
    );
    assert.ok(hasCheckpoint(sweep));
  },
);

check(
  "a job that Slurm warns writes a checkpoint, and resume ends it with the numbers of an unbroken run",
  async ({ folder, cluster }) => {
    const sweep = join(folder, "warned");
    const asked = ["sweep", ...LONG, ...steps(30_000), "--seeds", "1", "--out", "warned"];
    assert.is(flowmeter(folder, ...asked, "--launcher", "slurm").code, 0);
    await until("there is a checkpoint", () => existsSync(sweep) && hasCheckpoint(sweep));
    const [job = ""] = jobsOf(sweep);
    // What Slurm sends before it ends a job, or to one that it had halted: nothing to stop for.
    cluster.call("scancel", "--signal=CONT", "--batch", `${job}_0`);
    cluster.call("scancel", "--signal=USR2", "--batch", `${job}_0`);
    await until("the job is over", () => isOver(cluster));
    const [run = ""] = runsIn(sweep);
    const exit = read(run, "attempt-0001", "exit.json") as { status: string; message: string };
    assert.is(exit.status, "preempted", "the run was over before the signal");
    assert.match(
      flowmeter(folder, "status", "warned").stdout,
      /^stopped .*ended as FAILED, preempt/,
    );
    const resumed = flowmeter(folder, "resume", "warned", "--wait");
    assert.is(resumed.code, 0, resumed.stderr);
    assert.is(jobsOf(sweep).length, 2);
    const log = readFileSync(join(run, "attempt-0002", "log.txt"), "utf8");
    assert.match(log, /continuing from step \d+/);

    const whole = flowmeter(folder, "run", ...LONG, ...steps(30_000), "seed=0", "--out", "whole");
    assert.is(whole.code, 0, whole.stderr);
    const metrics = (at: string) => (read(at, "result.json") as RunRecord).metrics;
    assert.equal(metrics(run), metrics(join(folder, "whole")));
    assert.equal(
      readFileSync(join(run, "model.safetensors")),
      readFileSync(join(folder, "whole", "model.safetensors")),
    );
  },
);

test.run();
