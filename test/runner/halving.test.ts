import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createRng } from "../../src/math/rng.ts";
import type { RunRecord } from "../../src/record.ts";
import type { Sampler } from "../../src/runner/config/sampler.ts";
import type { ResolvedRun } from "../../src/runner/config/resolve.ts";
import {
  isStuck,
  likelyRuns,
  rungResults,
  verdicts,
  verdictsIn,
} from "../../src/runner/halving.ts";
import { planMerge } from "../../src/runner/merge.ts";
import { createSweep } from "../../src/runner/store/sweep-folder.ts";
import { saying } from "../saying.ts";
import { resolveFake } from "./fake-catalogue.ts";
import { endRun, recordOf } from "./fake-sweep.ts";

const test = suite<{ folder: string }>("halving");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-halving-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const sampler: Sampler = { kind: "auto", seed: 0, halving: { factor: 3, minSteps: 100 } };
const nine = ["family=alpha", "data=dots", "family.layers=range(1,10)", "training.steps=900"];
const layersOf = ({ config }: ResolvedRun): number => Number(config.family["layers"]);
const stepsOf = ({ config }: ResolvedRun): number => Number(config.training["steps"]);

/** The record of a run whose training watched this. */
const watched = (
  run: ResolvedRun,
  value: number,
  status: RunRecord["status"] = "done",
): RunRecord =>
  recordOf(run, 0, { status, training: { steps: 1, valMonitor: { name: "nll", value } } });

/** Does what is open, rung by rung, as a sweep would; returns what was done. */
function play(
  runs: readonly ResolvedRun[],
  result: (run: ResolvedRun) => RunRecord,
): ReadonlyMap<string, RunRecord> {
  const records = new Map<string, RunRecord>();
  for (;;) {
    const found = verdicts(runs, ({ runId }) => records.get(runId));
    const next = runs.filter(
      ({ runId }) => found.get(runId) === "open" && records.get(runId) === undefined,
    );
    if (next.length === 0) return records;
    for (const run of next) records.set(run.runId, result(run));
  }
}

/** Layers and steps of the runs that were done. */
const done = (
  runs: readonly ResolvedRun[],
  records: ReadonlyMap<string, RunRecord>,
  steps: number,
) => [
  ...new Set(runs.filter((run) => records.has(run.runId) && stepsOf(run) === steps).map(layersOf)),
];

test("of 9 configurations 3 go on with three times the steps, and 1 with nine times", async () => {
  const runs = await resolveFake(nine, { sampler, seeds: [0, 1] });
  assert.is(new Set(runs.map(({ runId }) => runId)).size, runs.length);
  // The larger budget turns the order round, which must not bring back what was dropped.
  const records = play(runs, (run) => watched(run, layersOf(run) * (stepsOf(run) > 100 ? -1 : 1)));
  assert.equal(done(runs, records, 100), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(done(runs, records, 300), [1, 2, 3]);
  assert.equal(done(runs, records, 900), [3]);
  assert.is(records.size, 2 * (9 + 3 + 1));
});

test("what goes on has the better mean over the same seeds, not the best seed", async () => {
  const ten = nine.map((text) => text.replace("(1,10)", "(1,11)"));
  const runs = await resolveFake(ten, { sampler, seeds: [0, 1, 2] });
  const rng = createRng(7);
  const noise = new Map(runs.map(({ runId }) => [runId, rng.fork(runId).uniforms(1)[0] ?? 0]));
  const records = play(runs, (run) => watched(run, noise.get(run.runId) ?? 0));
  for (const { standings, survivors = [] } of rungResults(runs, (run) => records.get(run.runId))) {
    const scores = standings.map(({ runs: own }) =>
      own.reduce((sum, { runId }) => sum + (noise.get(runId) ?? 0) / own.length, 0),
    );
    const isIn = standings.map(({ candidate }) => survivors.includes(candidate));
    assert.is(survivors.length, Math.max(1, Math.floor(standings.length / 3)));
    const best = Math.max(...scores.filter((_, i) => isIn[i]));
    // The sums are taken in another order.
    assert.ok(scores.every((score, i) => isIn[i] === true || score > best - 1e-12));
  }
});

test("a configuration of which a seed diverged or failed does not go on, and none where all did", async () => {
  const runs = await resolveFake(nine, { sampler, seeds: [0, 1] });
  const one = play(runs, (run) =>
    layersOf(run) === 1 && run.config.seed === 1
      ? watched(run, NaN, "diverged")
      : layersOf(run) === 2
        ? watched(run, 0, "failed")
        : watched(run, layersOf(run)),
  );
  assert.equal(done(runs, one, 300), [3, 4, 5]);
  const all = play(runs, (run) => watched(run, NaN, "diverged"));
  assert.equal(done(runs, all, 300), []);
});

test("a rung waits for the last run of the one before", async () => {
  const runs = await resolveFake(nine, { sampler, seeds: [0, 1] });
  const first = runs.filter((run) => stepsOf(run) === 100);
  const records = new Map(first.slice(1).map((run) => [run.runId, watched(run, layersOf(run))]));
  const states = () =>
    new Set(
      runs
        .filter((run) => stepsOf(run) === 300)
        .map(({ runId }) => verdicts(runs, (run) => records.get(run.runId)).get(runId)),
    );
  assert.equal(states(), new Set(["waiting"]));
  for (const run of first.slice(0, 1)) records.set(run.runId, watched(run, 1));
  assert.equal(states(), new Set(["open", "dropped"]));
});

test("only configurations of one family on one data set compete, each group with budgets of its own", async () => {
  const texts = ["family=alpha,beta", "data=dots,lines", "training.learningRate=1e-3,1e-2,1e-1"];
  const more = ["family.layers=1,2,3", "training.steps=1000"];
  const runs = await resolveFake([...texts, ...more], { sampler, seeds: [0] });
  const groups = new Map<string, Set<number>>();
  for (const run of runs) {
    const key = `${run.config.family.name} ${run.config.data.name}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(stepsOf(run)));
  }
  assert.is(groups.size, 4);
  assert.equal(groups.get("alpha dots"), new Set([111, 333, 1000]));
  const records = play(runs, (run) => watched(run, Number(run.config.training["learningRate"])));
  for (const key of groups.keys()) {
    const last = runs.filter(
      ({ runId, config }) =>
        `${config.family.name} ${config.data.name}` === key &&
        records.has(runId) &&
        config.training["steps"] === 1000,
    );
    assert.is(last.length, 1, key);
  }
});

test("what is to be expected is as many runs and budgets as are done in the end", async () => {
  const runs = await resolveFake(nine, { sampler, seeds: [0, 1] });
  const records = play(runs, (run) => watched(run, layersOf(run)));
  const budgetsOf = (some: readonly ResolvedRun[]) => some.map(stepsOf).sort();
  const spent = budgetsOf(runs.filter(({ runId }) => records.has(runId)));
  for (const known of [0, 18, 24, 26]) {
    const seen = new Map([...records].slice(0, known));
    const likely = likelyRuns(
      runs,
      verdicts(runs, ({ runId }) => seen.get(runId)),
    );
    assert.equal(budgetsOf(likely), spent, `${known} known`);
  }
});

test("keys that depend on the steps are those of each rung", async () => {
  const runs = await resolveFake(
    [...nine.slice(0, 2), "training.steps=900", 'family.layers="${training.steps / 100}"'].concat(
      "training.learningRate=1e-4,1e-3,1e-2",
    ),
    { sampler, seeds: [0] },
  );
  for (const run of runs) assert.is(layersOf(run), stepsOf(run) / 100);
  assert.equal(new Set(runs.map(stepsOf)), new Set([300, 900]));
});

test("the decisions are those of the files, and a merged halving holds what was done", async ({
  folder,
}) => {
  const runs = await resolveFake(nine, { sampler, seeds: [0] });
  const path = join(folder, "sweep");
  const sweep = createSweep(path, "halving", runs);
  const inRung = (at: number) => runs.filter(({ rung }) => rung?.at === at);
  const training = (run: ResolvedRun) => ({
    training: { valMonitor: { name: "nll", value: layersOf(run) } },
  });
  for (const run of inRung(0)) endRun(sweep, run, 0, training(run));
  const openAt300 = inRung(1).filter(({ runId }) => verdictsIn(sweep).get(runId) === "open");
  assert.equal(openAt300.map(layersOf), [1, 2, 3]);
  assert.throws(() => planMerge([path], join(folder, "out")), saying("is a halving that has not"));
  for (const run of openAt300) endRun(sweep, run, 0, training(run));
  for (const run of inRung(2).slice(0, 1)) endRun(sweep, run, 0, training(run));
  const { chosen } = planMerge([path], join(folder, "out"));
  assert.is(chosen.length, 13);
  assert.ok(chosen.every(({ run }) => run.rung === undefined));
});

test("a rung of which nothing can go on is told from one that is at work", async () => {
  const runs = await resolveFake(nine, { sampler });
  const records = play(runs, (run) => watched(run, NaN));
  const recordOf = ({ runId }: ResolvedRun) => records.get(runId);
  assert.ok(isStuck(runs, recordOf));
  const [first] = runs;
  // One is missing, and may yet be finite.
  assert.not.ok(isStuck(runs, (run) => (run === first ? undefined : recordOf(run))));
  assert.not.ok(isStuck(runs, (run) => (run === first ? watched(run, 1) : recordOf(run))));
});

test.run();
