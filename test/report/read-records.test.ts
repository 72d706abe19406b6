import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readRecords } from "../../src/report/read-records.ts";
import { DamagedFile } from "../../src/run-files.ts";
import { saying } from "../saying.ts";
import { fakeRecord } from "./fake-record.ts";

const test = suite<{ folder: string }>("read-records");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-records-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** A sweep of two runs, of which the first has a result, and a run beside the folder. */
function sweepIn(folder: string, list: string, spec = '{ "format": 1, "runs": 2 }'): string {
  const sweep = join(folder, "sweep");
  for (const run of [join(sweep, "a"), join(folder, "outside")]) {
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, "config.json"), "{}");
    writeFileSync(join(run, "result.json"), JSON.stringify(fakeRecord("a", 0, 1)));
  }
  writeFileSync(join(sweep, "sweep.json"), spec);
  writeFileSync(join(sweep, "runs.jsonl"), list);
  return sweep;
}

const lines = (...names: unknown[]): string =>
  names.map((runId) => `${JSON.stringify({ runId })}\n`).join("");

test("the runs of a sweep are those of its list, with and without a result", ({ folder }) => {
  const sweep = sweepIn(folder, lines("a", "b"));
  const { records, folders, unfinished } = readRecords([sweep]);
  assert.is(records.length, 1);
  assert.equal([folders, unfinished], [[join(sweep, "a")], [join(sweep, "b")]]);
});

test("a list that was cut or damaged, or leads out of the folder, is refused with its file and cure", ({
  folder,
}) => {
  const cases: readonly (readonly [list: string, reason: RegExp])[] = [
    ["", /runs\.jsonl was damaged .*it has 0 of the 2 runs of the sweep/],
    [lines("a"), /runs\.jsonl was damaged .*it has 1 of the 2 runs of the sweep/],
    [lines("a", "b").slice(0, -5), /runs\.jsonl was damaged .*it has 1 of the 2 runs of the sweep/],
    [`${lines("a")}{\n`, /runs\.jsonl:2 was damaged /],
    [
      lines("a", "../../outside"),
      /runs\.jsonl:2 was damaged .*expected names .* got "\.\.\/\.\.\/outside"/,
    ],
    [lines("a", ".."), /runs\.jsonl:2 was damaged .*expected names .* got "\.\."/],
    [`${lines("a")}null\n`, /runs\.jsonl:2 was damaged .*expected an object, got null/],
  ];
  for (const [list, reason] of cases) {
    const sweep = sweepIn(folder, list);
    try {
      readRecords([sweep]);
      assert.unreachable(reason.source);
    } catch (error) {
      assert.instance(error, DamagedFile, reason.source);
      assert.match((error as Error).message, reason);
      assert.match((error as Error).message, /; restore it, or give the folders of its runs$/);
    }
  }
  assert.throws(
    () => readRecords([sweepIn(folder, lines("a", "b"), "{")]),
    (error: unknown) =>
      error instanceof DamagedFile && error.message.includes("sweep.json was damaged"),
  );
});

test("runs that a halving has not begun are no runs without a result", ({ folder }) => {
  const rung = (runId: string, at: number) => `${JSON.stringify({ runId, rung: { at } })}\n`;
  const list = rung("a", 0) + rung("b", 0) + rung("c", 1);
  const sweep = sweepIn(folder, list, '{ "format": 1, "runs": 3 }');
  assert.equal(readRecords([sweep]).unfinished, [join(sweep, "b")]);
});

test("a sweep of another version is refused, whatever it holds", ({ folder }) => {
  const sweep = sweepIn(folder, lines("a", "b"), '{ "format": 2, "runs": 2 }');
  assert.throws(() => readRecords([sweep]), saying("has format 2, this version reads 1"));
});

test.run();
