import prettyMs from "pretty-ms";
import type { HistoryEntry } from "../training/progress.ts";
import type { TrainingProgress } from "../training/train.ts";

/** `1m4s`; `?` where it is not known. */
export const shortTime = (seconds: number): string =>
  Number.isFinite(seconds) ? prettyMs(Math.ceil(seconds) * 1000, { compact: true }) : "?";

const speed = ({ stepsPerSecond, remaining }: TrainingProgress): string =>
  `${stepsPerSecond.toFixed(0)} steps/s, ${shortTime(remaining)} left`;

/** `step 200/2000, loss 1.2345, 480 steps/s, 4s left`. */
export const progressText = (progress: TrainingProgress): string =>
  `step ${progress.step}/${progress.steps}, loss ${progress.loss.toFixed(4)}, ${speed(progress)}`;

/** `step 200/2000, loss 1.2345, validation 1.3456, 480 steps/s, 4s left`, with the mean loss since the evaluation before. */
export function evaluationText(
  progress: TrainingProgress,
  { trainLoss, validation }: HistoryEntry,
): string {
  const judged =
    validation === undefined ? "" : `, validation ${validation?.toFixed(4) ?? "not finite"}`;
  return `step ${progress.step}/${progress.steps}, loss ${trainLoss.toFixed(4)}${judged}, ${speed(progress)}`;
}
