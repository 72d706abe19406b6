import { suite } from "uvu";
import * as assert from "uvu/assert";
import { estimateTime } from "../../src/cli/estimate-time.ts";
import type { RunRecord } from "../../src/record.ts";
import { resolveFake } from "../runner/fake-catalogue.ts";

const test = suite("estimate of the time");

const runs = await resolveFake(["family=alpha,beta", "data=dots"], { seeds: [0, 1, 2] });
/** A finished record of a run that took so many seconds. */
const record = (index: number, seconds: number, changes: object = {}): RunRecord => {
  const { config, configHash } = runs[index] ?? {};
  const provenance = {
    started: new Date(0).toISOString(),
    finished: new Date(1000 * seconds).toISOString(),
  };
  return { status: "done", config, configHash, provenance, ...changes } as unknown as RunRecord;
};
const estimate = (records: readonly RunRecord[], jobs = 1): string =>
  estimateTime(runs, records, { jobs, where: "runs" });

test("runs share the work of several jobs, and take the median of their like", () => {
  const records = [record(0, 10), record(1, 20), record(2, 60), record(3, 100)];
  assert.is(estimate(records), "about 6m with -j 1, from 4 finished runs in runs");
  assert.is(estimate(records, 2), "about 3m with -j 2, from 4 finished runs in runs");
});

test("no number of jobs makes a sweep shorter than its longest run", () => {
  assert.match(estimate([record(0, 10), record(3, 100)], 50), /about 1m 40s/);
});

test("those of the same configuration count before those of the same steps", () => {
  const like = record(0, 1000, { configHash: "other" });
  assert.match(estimate([like, record(0, 10), record(3, 10)]), /about 1m with/);
  assert.match(estimate([like]), /about 50m with .* without 3 runs that are like none of them/);
});

test("what is not done, or of other steps, says nothing", () => {
  const { config } = runs[0] ?? {};
  const longer = { ...config, training: { ...config?.training, steps: 5 } };
  const records = [
    record(0, 10, { status: "failed" }),
    record(0, 10, { config: longer, configHash: "other" }),
  ];
  assert.match(estimate(records), /^no estimate of the time: runs holds no finished run/);
});

test.run();
