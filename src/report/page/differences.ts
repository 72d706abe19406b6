import type { RunRecord } from "../../record.ts";
import { groupBy } from "../../math/group-by.ts";
import { asText, configValue } from "../observation.ts";
import { h, type Markup } from "./markup.ts";

const GROUPS = ["family", "data", "training", "evaluation", "engine"];

/** Values of a key among the runs that have it, with the number of runs. */
function valuesOf(
  records: readonly RunRecord[],
  key: string,
): readonly (readonly [string, number])[] {
  const having = records.filter((record) => configValue(record, key) !== undefined);
  const values = groupBy(having, (record) => asText(configValue(record, key)));
  return [...values].map(([value, runs]) => [value, runs.length] as const);
}

/** What is said of runs without a differing key. */
function alike(records: readonly RunRecord[]): string {
  const hashes = new Set(records.map(({ configHash }) => configHash)).size;
  return hashes === 1
    ? "All runs have one configuration, but for their seeds."
    : `All runs have the same keys, but for their seeds; versions or sources of plugins make ${hashes} configurations of them (see where the numbers come from).`;
}

/**
 * The keys in which runs differ that have them, with each value and how many runs have it; and the rest, which all have in
 * common that have such a key at all.
 */
export function differences(records: readonly RunRecord[]): Markup {
  const keys = GROUPS.flatMap((group) =>
    [...new Set(records.flatMap((r) => Object.keys(configValue(r, group) ?? {})))].map(
      (key) => `${group}.${key}`,
    ),
  );
  const differing = keys.filter((key) => valuesOf(records, key).length > 1);
  const lines = differing.map((key) => {
    const texts = valuesOf(records, key).map(([value, runs]) => `${value} (${runs})`);
    return h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, texts.join(" · ")));
  });
  const shared = keys
    .filter((key) => !differing.includes(key))
    .map((key) => {
      const [[value, runs] = ["", 0]] = valuesOf(records, key);
      return `${key}=${value}${runs < records.length ? `   (the ${runs} runs that have it)` : ""}`;
    });
  return h(
    "div",
    {},
    lines.length === 0
      ? h("p", {}, alike(records))
      : h(
          "table",
          { class: "plain" },
          h("caption", {}, "Values, with the number of runs that have them."),
          h("tbody", {}, lines),
        ),
    h("details", {}, h("summary", {}, "What runs have in common"), h("pre", {}, shared.join("\n"))),
  );
}
