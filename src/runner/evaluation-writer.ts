import { appendFileSync } from "node:fs";
import { encodeNumbers } from "../record.ts";
import type { TrainingProgress } from "../training/train.ts";
import { evaluationText } from "./progress-text.ts";
import { appendJsonLine } from "./store/jsonl.ts";
import type { Attempt } from "./store/run-folder.ts";

/** A line of a log, with the time. */
export const stamped = (line: string): string => `${new Date().toISOString()} ${line}\n`;

/** A line of `metrics.jsonl` and one of the log for each evaluation during training. */
export function evaluationWriter({
  metrics,
  log,
}: Pick<Attempt, "metrics" | "log">): (progress: TrainingProgress) => void {
  let written = -1;
  return (progress) => {
    const { step, steps, loss, stepsPerSecond, remaining, last } = progress;
    if (last === undefined || last.step === written) return;
    written = last.step;
    const { validation, ...entry } = last;
    const line = {
      ...entry,
      // The history has null for what was not finite, in a file that would be a missing one.
      ...(validation !== undefined && { validation: validation ?? NaN }),
      ...{ loss, stepsPerSecond, at: step, steps, remaining },
    };
    appendJsonLine(metrics, encodeNumbers(line));
    // The first one after a checkpoint tells of an evaluation before it, which an earlier log has.
    if (last.step === step) appendFileSync(log, stamped(evaluationText(progress, last)));
  };
}
