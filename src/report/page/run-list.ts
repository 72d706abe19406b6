import type { RunRecord } from "../../record.ts";
import { decodeNumber } from "../../record.ts";
import { minus } from "../formats/cell-text.ts";
import { lastWord } from "../lines.ts";
import { member } from "../observation.ts";
import { variantsOf } from "../variants.ts";
import { h, type Markup } from "./markup.ts";

/** A column of the list: its head, and of a run the text and what it is sorted by. */
interface Column {
  readonly head: string;
  readonly of: (
    record: RunRecord,
    variant: string,
  ) => { readonly text: string; readonly by?: number };
}

function metric(name: string): Column["of"] {
  return ({ metrics }) => {
    const found = metrics[name];
    if (found === undefined) return { text: "–" };
    const value = decodeNumber(found.value ?? found);
    const error = decodeNumber(found.stderr);
    if (!Number.isFinite(value)) return { text: found.flag ?? "–" };
    const text = minus(value.toPrecision(5));
    return { text: Number.isFinite(error) ? `${text} ± ${error.toPrecision(2)}` : text, by: value };
  };
}

const training =
  (key: string, digits: number): Column["of"] =>
  ({ training: numbers }) => {
    const value = decodeNumber(member(numbers, key));
    return Number.isFinite(value) ? { text: value.toFixed(digits), by: value } : { text: "–" };
  };

const COLUMNS: readonly Column[] = [
  { head: "family", of: ({ family }) => ({ text: family }) },
  { head: "variant", of: (_, variant) => ({ text: variant }) },
  { head: "data set", of: ({ dataset }) => ({ text: dataset }) },
  { head: "seed", of: ({ seed }) => ({ text: String(seed), by: seed }) },
  { head: "status", of: ({ status }) => ({ text: status }) },
  { head: "test_nll, nats", of: metric("test_nll") },
  { head: "kl, nats", of: metric("kl") },
  { head: "training, s", of: training("seconds", 1) },
  { head: "steps", of: training("steps", 0) },
  { head: "parameters", of: training("parameters", 0) },
];

/** All runs, one a line, which the page's script can sort and filter; without it, in their own order. */
export function runList(records: readonly RunRecord[]): Markup {
  const items = records.map((record) => ({ record, row: record.family, place: record.dataset }));
  const variants = variantsOf(items, ["family", "dataset", "seed"], lastWord);
  const rows = records.map((record, i) =>
    h(
      "tr",
      { class: record.status },
      COLUMNS.map(({ of }) => {
        const { text, by } = of(record, variants[i] ?? "");
        return h("td", { "data-by": by }, text);
      }),
    ),
  );
  const heads = COLUMNS.map(({ head }) =>
    h("th", { scope: "col" }, h("button", { type: "button" }, head)),
  );
  return h(
    "div",
    {},
    h(
      "p",
      { class: "filter", hidden: true },
      h("label", { for: "filter" }, "Show runs with "),
      h("input", { id: "filter", type: "search", autocomplete: "off" }),
      h("output", { for: "filter", "aria-live": "polite" }),
    ),
    h(
      "div",
      { class: "wide", tabindex: 0, role: "region", "aria-label": "all runs" },
      h("table", { id: "runs" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    ),
  );
}
