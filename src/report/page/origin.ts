import { markOf, type RunRecord } from "../../record.ts";
import { pluginDigests } from "../hash-names.ts";
import { asText } from "../observation.ts";
import { h, type Markup } from "./markup.ts";

const KEYS = ["version", "commit", "node", "engine", "device", "packages", "dataDigest"];

const line = (name: string, values: readonly string[]): Markup =>
  h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, [...new Set(values)].join(" · ")));

/**
 * What made the numbers: programs, machines, data, and how exact the likelihoods are.
 *
 * @param sweeps what was typed for each sweep
 */
export function origin(records: readonly RunRecord[], sweeps: readonly string[]): Markup {
  const times = records
    .flatMap(({ provenance }) => [provenance["started"], provenance["finished"]])
    .filter((time): time is string => typeof time === "string")
    .sort();
  const plugins = records.flatMap(pluginDigests);
  return h(
    "table",
    { class: "plain" },
    h(
      "tbody",
      {},
      sweeps.length > 0 ? line("command", sweeps) : null,
      line("from, until", [`${times[0] ?? "?"}, ${times.at(-1) ?? "?"}`]),
      line(
        "likelihoods",
        records.flatMap(({ metrics }) => {
          const nll = metrics["test_nll"];
          return nll ? [markOf(nll.provenance)] : [];
        }),
      ),
      plugins.length > 0 ? line("plugins", plugins) : null,
      KEYS.map((key) =>
        line(
          key,
          records.map(({ provenance }) => asText(provenance[key])),
        ),
      ),
    ),
  );
}
