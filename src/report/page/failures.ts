import type { RunRecord } from "../../record.ts";
import { h, type Markup } from "./markup.ts";

/** A run with the end of its log. */
export interface Logged {
  readonly record: RunRecord;
  readonly folder: string;
  readonly logTail: string;
}

/** Runs that came to no good end, with the reason and the last lines of their logs. */
export function failures(lost: readonly Logged[]): Markup {
  if (lost.length === 0) return h("p", {}, "All runs that ended are done.");
  return h(
    "div",
    {},
    lost.map(({ record, folder, logTail }) =>
      h(
        "details",
        { open: lost.length <= 3 ? true : undefined },
        h(
          "summary",
          {},
          `${record.family} on ${record.dataset}, seed ${record.seed}: ${record.status}`,
        ),
        h("p", { class: "reason" }, record.reason ?? "no reason was recorded"),
        h("p", {}, h("code", {}, folder)),
        logTail === "" ? null : h("pre", {}, logTail),
      ),
    ),
  );
}

/** What the runs' records say that a reader should know, each sentence once with the runs it is about. */
export function notes(records: readonly RunRecord[]): Markup {
  const said = new Map<string, RunRecord[]>();
  for (const record of records)
    for (const note of record.notes) said.set(note, [...(said.get(note) ?? []), record]);
  if (said.size === 0) return h("p", {}, "None.");
  return h(
    "ul",
    {},
    [...said].map(([note, runs]) => {
      const families = [...new Set(runs.map(({ family }) => family))].join(", ");
      return h("li", {}, note, h("small", {}, ` (${runs.length} runs: ${families})`));
    }),
  );
}
