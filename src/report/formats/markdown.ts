import type { FormatOptions } from "../format-table.ts";
import { cellAt, type Table } from "../table.ts";
import { caption } from "./caption.ts";
import { cellText, minus, oneLine, usualSeeds, type CellText } from "./cell-text.ts";

/** Nothing that breaks a table of Markdown, or would be HTML in it. */
const escape = (text: string): string =>
  oneLine(text).replaceAll("|", "\\|").replaceAll("<", "&lt;");

/** `**1.0124 ± 0.0031** (n 5)`, with what failed; `–` where there is no number. */
function describe({ value, error, marks, bold }: CellText): string {
  const number = value === null ? "–" : `${minus(value)}${error === null ? "" : ` ± ${error}`}`;
  const body = bold ? `**${number}**` : number;
  return marks.length > 0 ? `${body} (${marks.join(", ")})` : body;
}

/** A table of Markdown, with its caption below. */
export function markdown(table: Table, options: FormatOptions = {}): string {
  const usual = usualSeeds(table);
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  const body = table.rows.map((row) =>
    line([
      row,
      ...table.cols.map((col) => describe(cellText(cellAt(table, row, col), usual, options))),
    ]),
  );
  return [
    line([table.rowsAxis, ...table.cols]),
    line(["---", ...table.cols.map(() => "---:")]),
    ...body,
    "",
    caption(table),
    "",
  ].join("\n");
}
