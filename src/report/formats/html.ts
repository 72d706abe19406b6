import type { FormatOptions } from "../format-table.ts";
import { cellAt, type Table } from "../table.ts";
import { caption } from "./caption.ts";
import { cellText, minus, usualSeeds, type CellText } from "./cell-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

const STYLE = [
  "table { border-collapse: collapse; font-family: sans-serif; font-variant-numeric: tabular-nums; }",
  "caption { caption-side: bottom; padding-top: 0.5em; text-align: left; }",
  "th, td { padding: 0.2em 0.8em; text-align: right; }",
  "th[scope=row], thead th:first-child { text-align: left; }",
  "thead, tbody { border-bottom: 1px solid; border-top: 1px solid; }",
].join("\n");

function describe({ value, error, marks, bold }: CellText): string {
  const number = value === null ? "–" : `${minus(value)}${error === null ? "" : ` ± ${error}`}`;
  const body = bold ? `<strong>${number}</strong>` : number;
  return marks.length > 0 ? `${body} <small>(${escape(marks.join(", "))})</small>` : body;
}

/** A page of its own, which loads nothing. */
export function html(table: Table, options: FormatOptions = {}): string {
  const usual = usualSeeds(table);
  const heads = [table.rowsAxis, ...table.cols].map(
    (name) => `<th scope="col">${escape(name)}</th>`,
  );
  const body = table.rows.map((row) => {
    const cells = table.cols.map(
      (col) => `<td>${describe(cellText(cellAt(table, row, col), usual, options))}</td>`,
    );
    return `<tr><th scope="row">${escape(row)}</th>${cells.join("")}</tr>`;
  });
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escape(table.metric)}</title>`,
    `<style>\n${STYLE}\n</style></head><body>`,
    `<table><caption>${escape(caption(table))}</caption>`,
    `<thead><tr>${heads.join("")}</tr></thead>`,
    "<tbody>",
    ...body,
    "</tbody></table>",
    "</body></html>",
    "",
  ].join("\n");
}
