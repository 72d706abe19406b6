import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { RunRecord } from "../../src/record.ts";
import { endRun, fakeSweep } from "../runner/fake-sweep.ts";
import { flowmeter } from "./flowmeter.ts";
import { rewriteResult } from "./sweep-records.ts";

const test = suite<{ folder: string }>("compare, merge and clean");
const RUN = [
  ...["data=two-moons", "data.size=500", "training.steps=20", "evaluation.samples=20"],
  ...["family.layers=2", "family.hidden=[8]"],
];
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-combine-"));
  const sweep = (...args: string[]): void => {
    const { code, stderr } = flowmeter(context.folder, "sweep", ...RUN, ...args);
    assert.is(code, 0, stderr);
  };
  sweep("family=real-nvp", "--seeds", "0,1", "--out", "a");
  sweep("family=real-nvp", "--seeds", "1,2", "--out", "b");
  sweep("family=real-nvp", "training.learningRate=0.01", "--seeds", "0,1", "--out", "fast");
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const recordPath = (folder: string, seed: number): string => {
  const run = readdirSync(folder).find((name) => name.endsWith(`-s${seed}`)) ?? "";
  return join(folder, run, "result.json");
};
const readRecord = (path: string): RunRecord => JSON.parse(readFileSync(path, "utf8")) as RunRecord;

/** Does something while a record is another one. */
function withRecord(path: string, change: (record: RunRecord) => RunRecord, use: () => void): void {
  const before = readFileSync(path, "utf8");
  rewriteResult(dirname(path), () => JSON.stringify(change(readRecord(path))));
  try {
    use();
  } finally {
    rewriteResult(dirname(path), () => before);
  }
}

test("compare shows what differs, with its origin, and tests over seeds and test rows", ({
  folder,
}) => {
  const { code, stdout, stderr } = flowmeter(folder, "compare", "a", "fast");
  assert.is(code, 0, stderr);
  assert.match(stdout, /training\.learningRate +0\.001 \(default\) +0\.01 \(override \d: training/);
  assert.not.match(stdout, /training\.steps/, "both have it");
  assert.match(stdout, /Paired over 2 seeds: 0, 1\./);
  assert.match(stdout, /test_nll +.*± .*, p .*± .*, p .*nats/);
  const json = flowmeter(folder, "compare", "a", "fast", "--json");
  const found = JSON.parse(json.stdout) as {
    metrics: { metric: string; difference: number; rows: { pairs: number; difference: number } }[];
  };
  const nll = found.metrics.find(({ metric }) => metric === "test_nll");
  const value = (sweep: string, seed: number) =>
    readRecord(recordPath(join(folder, sweep), seed)).metrics["test_nll"]?.value ?? NaN;
  const difference = (value("fast", 0) - value("a", 0) + value("fast", 1) - value("a", 1)) / 2;
  // Sums of two and of a hundred float64 numbers of size 1.
  assert.ok(Math.abs((nll?.difference ?? NaN) - difference) < 1e-12);
  assert.is(nll?.rows.pairs, 100, "50 test rows of two seeds");
  assert.ok(Math.abs((nll?.rows.difference ?? NaN) - difference) < 1e-12);
});

test("compare refuses other rows with the reason; --force shows them without a test", ({
  folder,
}) => {
  const change = (record: RunRecord): RunRecord => ({
    ...record,
    provenance: { ...record.provenance, dataDigest: "another" },
  });
  withRecord(recordPath(join(folder, "fast"), 0), change, () => {
    const refused = flowmeter(folder, "compare", "a", "fast");
    assert.is(refused.code, 2);
    assert.is(refused.stdout, "");
    assert.match(refused.stderr, /not comparable: .*seed 0 saw different rows.*--force/);
    const forced = flowmeter(folder, "compare", "a", "fast", "--force");
    assert.is(forced.code, 0);
    assert.match(forced.stdout, /Not comparable: .*No test is made/);
    assert.not.match(forced.stdout, /, p /);
  });
});

test("what compare, merge and clean cannot read is told with its place", async ({ folder }) => {
  mkdirSync(join(folder, "empty"), { recursive: true });
  mkdirSync(join(folder, "more"), { recursive: true });
  const pending = await fakeSweep(join(folder, "more", "pending"));
  const torn = await fakeSweep(join(folder, "more", "torn"));
  const [run] = torn.runs;
  if (!run) throw new Error("no run");
  endRun(torn, run, 1);
  writeFileSync(join(torn.folder, run.runId, "result.json"), '{"schema":1');
  const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
    [2, /nowhere: expected the folder of a sweep or a run/, "compare", "a", "nowhere"],
    [2, /neither sweep\.json nor config\.json/, "compare", "empty", "a"],
    [3, /There are no records in more\/pending/, "compare", "a", "more/pending"],
    [5, /more\/torn\/.*result\.json was damaged/, "compare", "more/torn", "a"],
    [5, /more\/torn\/.*result\.json was damaged/, "merge", "more/torn", "--out", "x"],
    [5, /more\/torn\/.*result\.json was damaged/, "clean", "more/torn"],
    [2, /got a file/, "clean", "a/sweep.json"],
    [2, /out/, "merge", "a", "b"],
    [2, /--out a exists already|must stay as it is/, "merge", "a", "b", "--out", "a"],
  ];
  for (const [expected, pattern, ...args] of cases) {
    const { code, stdout, stderr } = flowmeter(folder, ...args);
    assert.is(code, expected, `${args.join(" ")}: ${stderr}`);
    assert.is(stdout, "", args.join(" "));
    assert.match(stderr, pattern);
    assert.not.match(stderr, /^\s+at /m, "no stack");
  }
  assert.ok(existsSync(pending.folder));
});

test("a merged sweep works with status, table and resume", ({ folder }) => {
  rmSync(recordPath(join(folder, "b"), 2));
  const dry = flowmeter(folder, "merge", "a", "b", "--out", "merged", "--dry-run");
  assert.is(dry.code, 0, dry.stderr);
  assert.not.ok(existsSync(join(folder, "merged")));
  const merged = flowmeter(folder, "merge", "a", "b", "--out", "merged");
  assert.is(merged.stdout, dry.stdout);
  assert.match(merged.stdout, /3 runs of 2 sweeps into merged: 2 done, 1 unfinished; 1 that stood/);
  const resumed = flowmeter(folder, "resume", "merged");
  assert.is(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /3 done \(2 reused\)/);
  assert.match(flowmeter(folder, "status", "merged").stdout, /^3 done$/m);
  const table = flowmeter(folder, "table", "merged", "--format", "json").stdout;
  assert.match(table, /"seeds":\s*\[\s*0,\s*1,\s*2\s*\]/);
});

test("sweeps on other data, and two results of one run, are not merged", ({ folder }) => {
  const other = (record: RunRecord): RunRecord => ({
    ...record,
    provenance: { ...record.provenance, dataDigest: "another" },
  });
  const refused = (pattern: RegExp): void => {
    const { code, stderr } = flowmeter(folder, "merge", "a", "b", "--out", "x");
    assert.is(code, 2, stderr);
    assert.match(stderr, pattern);
    assert.not.ok(existsSync(join(folder, "x")));
  };
  const path = recordPath(join(folder, "b"), 1);
  withRecord(path, other, () => {
    refused(/seed 1 saw different rows/);
  });
  const better = (record: RunRecord): RunRecord => ({
    ...record,
    metrics: { ...record.metrics, test_nll: { value: 1 } },
  });
  withRecord(path, better, () => {
    refused(
      /a\/real-nvp.*-s1 and b\/real-nvp.*-s1 are the same run with different numbers: test_nll/,
    );
  });
});

test("clean lists and deletes nothing but with --yes", ({ folder }) => {
  mkdirSync(join(folder, "a", "derived"));
  writeFileSync(join(folder, "a", "derived", "kl.svg"), "x".repeat(2048));
  const dry = flowmeter(folder, "clean", "a");
  assert.is(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /2\.00 KiB {2}a\/derived {2}\(derived\)/);
  assert.match(dry.stderr, /Nothing was deleted; --yes does it/);
  assert.ok(existsSync(join(folder, "a", "derived")));
  const done = flowmeter(folder, "clean", "a", "--yes");
  assert.is(done.stdout, dry.stdout);
  assert.not.ok(existsSync(join(folder, "a", "derived")));
  assert.match(flowmeter(folder, "clean", "a").stderr, /nothing to delete/);
  assert.is(flowmeter(folder, "table", "a").code, 0);
});

test.run();
