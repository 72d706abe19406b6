import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { flowmeter, startFlowmeter } from "./flowmeter.ts";
import { until } from "./until.ts";

const test = suite<{ folder: string }>("interrupts");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-interrupt-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const RUN = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.steps=60000", "training.batch=16", "training.patience=null"],
  ...["training.checkpointEvery=3000", "evaluation.samples=10"],
];
const metrics = (folder: string): RunRecord["metrics"] =>
  (JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as RunRecord).metrics;

const hasCheckpoint = (run: string): boolean =>
  existsSync(join(run, "checkpoint")) &&
  readdirSync(join(run, "checkpoint")).some((name) => /^step-.*\.safetensors$/.test(name));

// The kill comes at the first of 20 checkpoints, so that nothing depends on how long it takes to land.
test("killed in the middle and started again, a run ends with the same numbers", async ({
  folder,
}) => {
  assert.is(flowmeter(folder, "run", ...RUN, "--out", "whole").code, 0);
  const killed = join(folder, "killed");
  const child = startFlowmeter(folder, "run", ...RUN, "--out", "killed");
  const ended = new Promise((resolve) => child.on("close", resolve));
  await until("there is a checkpoint", () => hasCheckpoint(killed));
  child.kill("SIGKILL");
  await ended;
  assert.not.ok(existsSync(join(killed, "result.json")), "the run was over before it was killed");
  assert.match(flowmeter(folder, "status", "killed").stdout, /^lost/);
  const again = flowmeter(folder, "run", ...RUN, "--out", "killed");
  assert.is(again.code, 0, again.stderr);
  assert.match(again.stderr, /continuing from step \d+/);
  assert.equal(metrics(killed), metrics(join(folder, "whole")));
  assert.equal(
    readFileSync(join(killed, "model.safetensors")),
    readFileSync(join(folder, "whole", "model.safetensors")),
  );
});

test("a sweep that is interrupted stops with checkpoints, and resume ends it with the same numbers", async ({
  folder,
}) => {
  const child = startFlowmeter(folder, "sweep", ...RUN, "--out", "sweep");
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  const sweep = join(folder, "sweep");
  const runs = (): string[] =>
    existsSync(sweep) ? readdirSync(sweep).filter((name) => name.startsWith("real-nvp")) : [];
  await until("there is a checkpoint", () =>
    runs().some((name) => hasCheckpoint(join(sweep, name))),
  );
  child.kill("SIGINT");
  assert.is(await code, 130);
  const [run = ""] = runs();
  assert.not.ok(existsSync(join(sweep, run, "result.json")), "the run was over before the signal");
  assert.match(flowmeter(folder, "status", "sweep").stdout, /^stopped/);
  const resumed = flowmeter(folder, "resume", "sweep");
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal(metrics(join(sweep, run)), metrics(join(folder, "whole")));
});

test.run();
