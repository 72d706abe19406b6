import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { readJsonLines } from "../../src/runner/store/jsonl.ts";
import { flowmeter } from "./flowmeter.ts";
import { startCluster, whyNoCluster, type Cluster } from "./slurm-cluster.ts";
import { until } from "./until.ts";

const missing = whyNoCluster();
if (missing !== undefined) console.log(`skipped: limits of a real Slurm: ${missing}`);

const test = suite<{ folder: string; cluster: Cluster }>("slurm's limits");
const check = (name: string, body: Parameters<typeof test>[1]): void => {
  if (missing === undefined) test(name, body);
  else test.skip(name, body);
};
if (missing === undefined) {
  test.before(async (context) => {
    context.folder = mkdtempSync(join(tmpdir(), "flowmeter-limits-"));
    context.cluster = await startCluster(join(context.folder, "cluster"));
    await context.cluster.ready();
    process.env["FLOWMETER_SLURM_POLL"] = "2";
  });
  test.after(async ({ folder, cluster }) => {
    delete process.env["FLOWMETER_SLURM_POLL"];
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });
}

const RUN = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.batch=16", "training.patience=null", "evaluation.samples=10"],
];
const steps = (n: number): readonly string[] => [
  `training.steps=${n}`,
  `training.checkpointEvery=${n / 20}`,
];
const read = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(...path), "utf8"));

interface Event {
  readonly event: string;
  readonly job?: string;
  readonly outcome?: string;
}
const eventsOf = (sweep: string): readonly Event[] =>
  existsSync(join(sweep, "events"))
    ? readdirSync(join(sweep, "events")).flatMap(
        (name) => readJsonLines(join(sweep, "events", name)).records as Event[],
      )
    : [];
const ended = (sweep: string, outcome: string): boolean =>
  eventsOf(sweep).some((event) => event.outcome === outcome);
/** Slurm starts a job that was put back after two minutes. */
const LATER = { seconds: 900 };

/** Submits one run, lets something happen to it, and gives its folder back. */
function submit(folder: string, name: string, ...more: readonly string[]): string {
  const { code, stderr } = flowmeter(
    folder,
    ...["sweep", ...RUN, "--seeds", "1", "--out", name, "--launcher", "slurm", ...more],
  );
  assert.is(code, 0, stderr);
  return join(folder, name);
}

const runOf = (sweep: string): string =>
  join(sweep, readdirSync(sweep).find((name) => name.endsWith("-s0")) ?? "");

check(
  "near its time limit a job writes a checkpoint, goes back into the queue and on from there",
  async ({ folder }) => {
    // Slurm warns a job of two minutes 30 s after its start or, by its documentation, up to a minute earlier: at once.
    const sweep = submit(folder, "limit", ...steps(20_000_000), "--time", "2");
    await until("the job is put back", () => ended(sweep, "requeued"), LATER);
    const run = runOf(sweep);
    assert.is((read(run, "attempt-0001", "exit.json") as { status: string }).status, "preempted");
    assert.match(flowmeter(folder, "status", "limit").stdout, /^pending .*BeginTime/);
    await until("it is at work again", () => existsSync(join(run, "attempt-0002")), LATER);
    const log = join(run, "attempt-0002", "log.txt");
    await until(
      "it goes on",
      () => existsSync(log) && /continuing/.test(readFileSync(log, "utf8")),
    );
    const { job } = read(run, "attempt-0002", "owner.json") as { job: { restarts: number } };
    assert.is(job.restarts, 1);
  },
);

check(
  "a job that was killed and put back breaks its own claim and ends with the same numbers",
  async ({ folder, cluster }) => {
    const sweep = submit(folder, "killed", ...steps(60_000));
    const checkpoint = (): boolean =>
      existsSync(sweep) && existsSync(join(runOf(sweep), "checkpoint"));
    await until("there is a checkpoint", checkpoint);
    const run = runOf(sweep);
    const owner = read(run, "attempt-0001", "owner.json") as { pid: number; job: { id: string } };
    // As if its machine had broken down: it writes nothing any more.
    process.kill(owner.pid, "SIGKILL");
    cluster.call("scontrol", "requeue", owner.job.id);
    assert.not.ok(existsSync(join(run, "attempt-0001", "exit.json")), "it had ended before");
    await until("it is done", () => existsSync(join(run, "result.json")), LATER);
    const whole = flowmeter(folder, "run", ...RUN, ...steps(60_000), "seed=0", "--out", "whole");
    assert.is(whole.code, 0, whole.stderr);
    const metrics = (at: string) => (read(at, "result.json") as RunRecord).metrics;
    assert.equal(metrics(run), metrics(join(folder, "whole")));
    assert.equal(readdirSync(run).filter((name) => name.startsWith("attempt")).length, 2);
  },
);

test.run();
