import type { RunRecord } from "../record.ts";

/** What numbers of a record are called on an axis, where their own name does not say it. */
const LABELS: Readonly<Record<string, string>> = {
  test_nll: "test NLL",
  test_nll_standardised: "test NLL, standardised rows",
  kl: "NLL − entropy",
  seconds: "training time (s)",
  parameters: "trained parameters",
  steps: "training steps",
  stepsPerSecond: "training steps per second",
  evaluationSeconds: "time of evaluation (s)",
  millisecondsPerRow: "time of log p per row (ms)",
};

/** The label of an axis: what is measured, with its unit in brackets where it has one. */
export function metricLabel(records: readonly RunRecord[], metric: string): string {
  const units = records.flatMap(({ metrics }) => metrics[metric]?.unit ?? []);
  const name = LABELS[metric] ?? metric.replaceAll("_", " ");
  return units[0] === undefined ? name : `${name} (${units[0]})`;
}
