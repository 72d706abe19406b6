import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readLearningCurve } from "../../src/runner/store/learning-curve.ts";

/** Reads the curve of a run whose tries wrote these lines. */
function curveOf(...attempts: readonly (readonly string[])[]) {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-curve-"));
  try {
    attempts.forEach((lines, i) => {
      const attempt = join(folder, `attempt-000${i + 1}`);
      mkdirSync(attempt);
      writeFileSync(join(attempt, "metrics.jsonl"), lines.map((line) => `${line}\n`).join(""));
    });
    return readLearningCurve(folder).map(({ step, validation }) => [step, validation]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const line = (step: number, validation: number): string =>
  JSON.stringify({ step, trainLoss: 1, validation });

test("a try that went on supersedes what an earlier one wrote from there on", () => {
  const first = [line(10, 3), line(20, 2), line(30, 9)];
  assert.equal(curveOf(first, [line(20, 2.5), line(30, 1)]), [
    [10, 3],
    [20, 2.5],
    [30, 1],
  ]);
  assert.equal(curveOf(first, [line(10, 4)]), [[10, 4]], "and one that began again all of it");
  assert.equal(curveOf(first, []), curveOf(first), "one that ended at once nothing");
});

test("a number that was not finite is NaN, and lines that were cut off are dropped", () => {
  assert.equal(curveOf(['{"step":10,"trainLoss":1,"validation":null}', '{"ste']), [[10, NaN]]);
  assert.equal(curveOf(), []);
});

test.run();
