import { markOf, type RecordedMetric, type RunRecord } from "../record.ts";

/** Four decimals; three digits of what is too small for them. */
export const digits = (x: number): string =>
  x === 0 || Math.abs(x) >= 0.01 ? x.toFixed(4) : x.toPrecision(3);

const metricText = ({ value, flag, stderr, unit, provenance }: RecordedMetric): string => {
  const number = value === null ? (flag ?? "none") : digits(value);
  const error = typeof stderr === "number" && stderr > 0 ? ` ± ${digits(stderr)}` : "";
  const mark = markOf(provenance);
  return `${number}${error} ${unit ?? ""}${mark === "exact" ? "" : ` (${mark})`}`.trimEnd();
};

/** `test_nll 1.0124 ± 0.0031 nats`, or why there is none. */
export function headline(record: RunRecord): string {
  const nll = record.metrics["test_nll"];
  if (record.status !== "done" || nll === undefined)
    return `${record.status}: ${record.reason ?? "no reason was given"}`.split("\n")[0] ?? "";
  return `test_nll ${metricText(nll)}`;
}

/** A record for a reader: metrics, cost, notes, and where the rest lies. */
export function describeRecord(record: RunRecord, folder: string): string {
  const { family, dataset, seed, status, reason, metrics, training, notes } = record;
  const width = Math.max(12, ...Object.keys(metrics).map((name) => name.length));
  const line = (name: string, text: string): string => `  ${name.padEnd(width)}  ${text}`;
  const seconds = training?.["seconds"];
  return [
    `${family} on ${dataset}, seed ${seed}: ${status}`,
    ...(reason === undefined ? [] : [line("reason", reason)]),
    ...Object.entries(metrics).map(([name, metric]) => line(name, metricText(metric))),
    ...(typeof seconds === "number"
      ? [
          line(
            "training",
            `${String(training?.["steps"])} steps, ${seconds.toFixed(1)} s, ${String(training?.["parameters"])} parameters`,
          ),
        ]
      : []),
    ...notes.map((text) => line("note", text)),
    line("folder", folder),
  ].join("\n");
}
