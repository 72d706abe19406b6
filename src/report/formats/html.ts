import type { FormatOptions } from "../format-table.ts";
import { h, raw, type Markup } from "../page/markup.ts";
import { cellAt, type Table } from "../table.ts";
import { caption } from "./caption.ts";
import { cellText, minus, usualSeeds, type CellText } from "./cell-text.ts";

const STYLE = `
table { border-collapse: collapse; font-family: sans-serif; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; padding-top: 0.5em; text-align: left; }
th, td { padding: 0.2em 0.8em; text-align: right; }
th[scope=row], thead th:first-child { text-align: left; }
thead, tbody { border-bottom: 1px solid; border-top: 1px solid; }
`;

function describe({ value, error, marks, bold }: CellText): readonly (Markup | string)[] {
  const number = value === null ? "–" : `${minus(value)}${error === null ? "" : ` ± ${error}`}`;
  const body = bold ? h("strong", {}, number) : number;
  return marks.length > 0 ? [body, " ", h("small", {}, `(${marks.join(", ")})`)] : [body];
}

/** The table as an element. */
export function tableMarkup(table: Table, options: FormatOptions = {}): Markup {
  const usual = usualSeeds(table);
  const head = [table.rowsAxis, ...table.cols].map((name) => h("th", { scope: "col" }, name));
  const body = table.rows.map((row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, row),
      table.cols.map((col) =>
        h("td", {}, describe(cellText(cellAt(table, row, col), usual, options))),
      ),
    ),
  );
  return h(
    "table",
    {},
    h("caption", {}, caption(table)),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, body),
  );
}

/** A page of its own, which loads nothing. */
export function html(table: Table, options: FormatOptions = {}): string {
  const head = [h("meta", { charset: "utf-8" }), h("title", {}, table.metric)];
  const page = h(
    "html",
    { lang: "en" },
    h("head", {}, head, h("style", {}, raw(STYLE))),
    h("body", {}, tableMarkup(table, options)),
  );
  return `<!doctype html>\n${page.html}\n`;
}
