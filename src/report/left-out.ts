import type { RunRecord } from "../record.ts";

const MOST_NAMED = 3;

const named = ({ family, dataset, seed }: RunRecord): string =>
  `${family} on ${dataset}, seed ${seed}`;

/** A sentence on the runs of a kind, the first of them by name; nothing where there is none. */
export function counted(records: readonly RunRecord[], what: string): readonly string[] {
  if (records.length === 0) return [];
  const shown = records.slice(0, MOST_NAMED).map(named);
  const more = records.length > MOST_NAMED ? "; …" : "";
  return [
    `${records.length} ${records.length === 1 ? "run" : "runs"} ${what}: ${shown.join("; ")}${more}.`,
  ];
}

const runKey = ({ configHash, seed, family, dataset }: RunRecord): string =>
  JSON.stringify([configHash, seed, family, dataset]);

/** Says how many runs are not in the means since they came to no good end, in this or another try. */
export function leftOut(records: readonly RunRecord[]): readonly string[] {
  const good = new Set(records.filter(({ status }) => status === "done").map(runKey));
  const lost = records.filter((record) => !good.has(runKey(record)));
  return [
    ...counted(
      lost.filter(({ status }) => status === "diverged"),
      "diverged and not in the means",
    ),
    ...counted(
      lost.filter(({ status }) => status === "failed"),
      "failed",
    ),
  ];
}
