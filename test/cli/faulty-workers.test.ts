import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pluginFolder, type PluginFolder } from "../runner/plugins/plugin-folder.ts";
import { faultySource } from "./faulty-family.ts";
import { flowmeter } from "./flowmeter.ts";
import { attemptsAt, numbersOf, pidsAt, resultOf, runsIn } from "./sweep-records.ts";

const test = suite<{ folder: PluginFolder; root: string }>("faulty workers");
test.before((context) => {
  context.folder = pluginFolder();
  context.root = context.folder.path;
  context.folder.write("faulty.ts", faultySource(join(context.root, "marker")));
});
test.after(({ folder }) => {
  folder.remove();
});

const TINY = [
  ...["data=two-moons", "data.size=300", "family.layers=2", "family.hidden=[8]"],
  ...["training.steps=30", "evaluation.samples=10"],
];
const FAULTY = ["plugins=./faulty.ts", "family=faulty", ...TINY];
const faultOf = (run: string): unknown =>
  (resultOf(run).config["family"] as { fault?: string }).fault;
/** The run of a sweep with this fault. */
const runWith = (sweep: string, fault: string): string =>
  runsIn(sweep)
    .map((name) => join(sweep, name))
    .find((run) => faultOf(run) === fault) ?? "";

test("a process does several runs in turn, with the numbers of a process for each", ({ root }) => {
  const args = ["family=real-nvp,spline-coupling", ...TINY];
  const { code, stderr } = flowmeter(root, "sweep", ...args, "--out", "shared");
  assert.is(code, 0, stderr);
  const shared = join(root, "shared");
  const pids = runsIn(shared).flatMap((name) => pidsAt(join(shared, name)));
  assert.is(pids.length, 2);
  assert.is(new Set(pids).size, 1);
  for (const name of runsIn(shared)) {
    const { config } = resultOf(join(shared, name));
    const { name: family } = config["family"] as { name: string };
    const alone = flowmeter(
      root,
      ...["run", `family=${family}`, ...TINY, `seed=${String(config["seed"])}`],
      ...["--out", join("alone", name)],
    );
    assert.is(alone.code, 0, alone.stderr);
    assert.equal(numbersOf(join(shared, name)), numbersOf(join(root, "alone", name)));
    assert.equal(
      readFileSync(join(shared, name, "model.safetensors")),
      readFileSync(join(root, "alone", name, "model.safetensors")),
    );
  }
});

test("a process that exits, aborts or throws fails its run only; what it prints harms nothing", ({
  root,
}) => {
  const { code, stderr } = flowmeter(
    root,
    ...["sweep", ...FAULTY, "family.fault=exit,abort,throw,garbage,none"],
    ...["--out", "faults"],
  );
  assert.is(code, 1, stderr);
  const sweep = join(root, "faults");
  const reasons: Readonly<Record<string, RegExp>> = {
    exit: /the worker process ended with exit code 0/,
    abort: /the worker process was ended by SIGABRT/,
    throw: /it does not work/,
  };
  const runs = runsIn(sweep).map((name) => join(sweep, name));
  assert.is(runs.length, 5);
  for (const run of runs) {
    const { status, reason = "", provenance } = resultOf(run);
    const expected = reasons[String(faultOf(run))];
    assert.is(status, expected === undefined ? "done" : "failed", `${run}: ${reason}`);
    if (expected !== undefined) assert.match(reason, expected);
    assert.is(provenance["attempts"], 1);
  }
  assert.match(stderr, /2 done, 3 failed/);
  // Each of these runs had a process of its own, since code of others may leave anything behind in one.
  assert.is(new Set(runs.flatMap(pidsAt)).size, 5);
});

test("a run that fails is tried again as often as asked, and the record counts it", ({ root }) => {
  const { code, stderr } = flowmeter(
    root,
    ...["sweep", ...FAULTY, "family.fault=once,throw", "--retries", "2", "--out", "retries"],
  );
  assert.is(code, 1, stderr);
  assert.match(stderr, /trying again/);
  const once = runWith(join(root, "retries"), "once");
  assert.equal(attemptsAt(once), ["?", "done"]);
  assert.is(resultOf(once).provenance["attempts"], 2);
  const thrown = runWith(join(root, "retries"), "throw");
  assert.equal(attemptsAt(thrown), ["error", "error", "error"]);
  assert.is(resultOf(thrown).status, "failed");
  assert.is(resultOf(thrown).provenance["attempts"], 3);
});

test("a run that diverges would do so again, and is not retried", ({ root }) => {
  const { code } = flowmeter(
    root,
    ...["sweep", "family=real-nvp", ...TINY, "training.learningRate=1e30"],
    ...["--retries", "2", "--out", "diverges"],
  );
  assert.is(code, 1);
  const [run = ""] = runsIn(join(root, "diverges"));
  assert.equal(attemptsAt(join(root, "diverges", run)), ["diverged"]);
});

test("a process that hangs is killed after its time, and the next run goes on", ({ root }) => {
  const { code, stderr } = flowmeter(
    root,
    ...["sweep", ...FAULTY, "family.fault=hang", "--timeout", "1s", "--grace", "1s"],
    ...["--out", "hangs"],
  );
  assert.is(code, 1, stderr);
  const { status, reason = "" } = resultOf(runWith(join(root, "hangs"), "hang"));
  assert.is(status, "failed");
  assert.match(reason, /timeout after 1s; .*--timeout/);
});

test("--fail-fast starts nothing after the first failure and stops what is at work", ({ root }) => {
  const { code, stderr } = flowmeter(
    root,
    ...["sweep", ...FAULTY, "family.fault=throw,none", "--seeds", "2", "--out", "fast"],
    "--fail-fast",
  );
  assert.is(code, 1, stderr);
  assert.match(stderr, /1 failed, 3 stopped/);
  assert.match(stderr, /not started: faulty-two-moons-.*-s1, .*-s0, /);
  assert.is(runsIn(join(root, "fast")).length, 1);
  const long = flowmeter(
    root,
    ...["sweep", ...FAULTY, "family.fault=throw,none", "training.steps=100000000"],
    ...["training.patience=null", "--out", "long", "-j", "2", "--fail-fast"],
  );
  assert.is(long.code, 1, long.stderr);
  assert.match(long.stderr, /1 failed, 1 stopped/);
});

test("a run over its time fails with the cure, and when it is resumed ends with the numbers of an unbroken one", ({
  root,
}) => {
  const run = [
    ...["family=real-nvp", ...TINY, "training.steps=60000", "training.patience=null"],
    "training.batch=16",
  ];
  const timed = flowmeter(root, "sweep", ...run, "--timeout", "2", "--out", "timed");
  assert.is(timed.code, 1, timed.stderr);
  const sweep = join(root, "timed");
  const [name = ""] = runsIn(sweep);
  const { status, reason = "" } = resultOf(join(sweep, name));
  assert.is(status, "failed");
  assert.match(reason, /timeout after 2s; resume with a longer --timeout/);
  const resumed = flowmeter(root, "resume", "timed");
  assert.is(resumed.code, 0, resumed.stderr);
  assert.is(flowmeter(root, "run", ...run, "--out", "untimed").code, 0);
  assert.equal(numbersOf(join(sweep, name)), numbersOf(join(root, "untimed")));
});

test("times and counts that cannot be are refused before anything is made", ({ root }) => {
  const before = readdirSync(root);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--timeout", "soon"], /--timeout soon: expected a time/],
    [["--timeout", "0"], /--timeout 0/],
    [["--grace", "30d"], /at most 24d/],
    [["--retries", "-1"], /--retries -1/],
    [["--retries", "1.5"], /--retries 1\.5/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = flowmeter(
      root,
      "sweep",
      "family=gaussian",
      ...TINY.slice(0, 1),
      ...args,
    );
    assert.is(code, 2, stderr);
    assert.match(stderr, message);
  }
  assert.equal(readdirSync(root), before);
});

test.run();
