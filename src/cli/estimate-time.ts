import prettyMs from "pretty-ms";
import { secondsOf, type RunRecord } from "../record.ts";
import type { ResolvedRun } from "../runner/config/resolve.ts";

/** What makes runs take about the same time, beside the machine and what else it does. */
const kindOf = (config: RunRecord["config"]): string => {
  const { family, data, training, engine } = config as ResolvedRun["config"];
  return JSON.stringify([
    family.name,
    data.name,
    data["label"] ?? null,
    training["steps"],
    training["epochs"],
    engine.name,
    engine["threads"],
  ]);
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Records by what they have in common. */
function grouped(
  records: readonly RunRecord[],
  keyOf: (record: RunRecord) => string,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const record of records) {
    const seconds = secondsOf(record);
    if (record.status !== "done" || !Number.isFinite(seconds)) continue;
    const key = keyOf(record);
    groups.set(key, [...(groups.get(key) ?? []), seconds]);
  }
  return groups;
}

/** So many runs at a time: all of them share the work, and none is shorter than its longest run. */
const spread = (seconds: readonly number[], jobs: number): number =>
  Math.max(seconds.reduce((sum, s) => sum + s, 0) / jobs, ...seconds);

/**
 * How long runs will take, in words, by the time that earlier ones of the same family, data set and number of steps have taken,
 * those of the very same configuration first; and what the estimate stands on.
 *
 * @param runs still to be done
 * @param where the records are from
 * @param how so many jobs are run, in words
 */
export function estimateTime(
  runs: readonly ResolvedRun[],
  records: readonly RunRecord[],
  {
    jobs,
    where,
    how = `-j ${jobs}`,
  }: { readonly jobs: number; readonly where: string; readonly how?: string },
): string {
  const exact = grouped(records, ({ configHash }) => configHash);
  const alike = grouped(records, ({ config }) => kindOf(config));
  const found = runs.map((run) => exact.get(run.configHash) ?? alike.get(kindOf(run.config)));
  const known = found.flatMap((seconds) => (seconds === undefined ? [] : [median(seconds)]));
  if (runs.length > 0 && known.length === 0)
    return `no estimate of the time: ${where} holds no finished run of these families, data sets and steps`;
  const used = new Set(found.filter((seconds) => seconds !== undefined));
  const count = [...used].reduce((sum, seconds) => sum + seconds.length, 0);
  const unknown = runs.length - known.length;
  const time = prettyMs(1000 * Math.ceil(spread(known, jobs)), { compact: false });
  return [
    `about ${time} with ${how}, from ${count} finished runs in ${where}`,
    ...(unknown > 0 ? [`without ${unknown} runs that are like none of them`] : []),
  ].join(", ");
}
