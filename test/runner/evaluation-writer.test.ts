import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluationWriter } from "../../src/runner/evaluation-writer.ts";
import { readLearningCurve } from "../../src/runner/store/learning-curve.ts";
import { progressOf } from "../../src/runner/store/run-status.ts";
import type { HistoryEntry } from "../../src/training/progress.ts";

const test = suite<{ folder: string; log: string; metrics: string }>("evaluations");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-evaluations-"));
  const attempt = join(context.folder, "attempt-0001");
  mkdirSync(attempt);
  context.log = join(attempt, "log.txt");
  context.metrics = join(attempt, "metrics.jsonl");
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const at = (step: number, loss: number, last: HistoryEntry) => ({
  ...{ step, steps: 400, loss, stepsPerSecond: 50, remaining: (400 - step) / 50, last },
});

test("each evaluation is one line of the log and one of the metrics", ({ log, metrics }) => {
  const write = evaluationWriter({ log, metrics });
  // Goes on from a checkpoint at step 110, with the evaluation at 100 behind it.
  const first = { step: 100, trainLoss: 3, validation: 3.5 };
  write(at(110, 2.9, first));
  write(at(200, 2.5, { step: 200, trainLoss: 2.75, validation: 2.25 }));
  write(at(210, 2.4, { step: 200, trainLoss: 2.75, validation: 2.25 }));
  write(at(400, 1, { step: 400, trainLoss: 1.5 }));
  const lines = readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\S+Z /, ""));
  assert.equal(lines, [
    "step 200/400, loss 2.7500, validation 2.2500, 50 steps/s, 4s left",
    "step 400/400, loss 1.5000, 50 steps/s, 0ms left",
  ]);
  assert.is(readFileSync(metrics, "utf8").trimEnd().split("\n").length, 3);
});

test("a number that is not finite is written with its flag, and read as what it was", ({
  folder,
  log,
  metrics,
}) => {
  const write = evaluationWriter({ log, metrics });
  write(at(10, Infinity, { step: 10, trainLoss: -Infinity, validation: null }));
  const flagged = (flag: string) => ({ value: null, flag });
  const line = JSON.parse(readFileSync(metrics, "utf8")) as Record<string, unknown>;
  assert.equal(
    [line["loss"], line["trainLoss"], line["validation"]],
    [flagged("inf"), flagged("-inf"), flagged("nan")],
  );
  assert.match(readFileSync(log, "utf8"), /validation not finite/);
  assert.equal(readLearningCurve(folder), [{ step: 10, trainLoss: -Infinity, validation: NaN }]);
  assert.is(progressOf({ runId: "r", folder }).loss, Infinity);
});

test.run();
