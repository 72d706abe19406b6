import type { FormatOptions } from "../format-table.ts";
import { cellAt, type Table } from "../table.ts";
import { caption } from "./caption.ts";
import { cellText, oneLine, usualSeeds, type CellText } from "./cell-text.ts";

/** Characters that mean something to LaTeX, or are another one in its old font encoding (`<` would be `¡`). */
const SPECIAL: Readonly<Record<string, string>> = {
  ...{ "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" },
  ...{ "&": "\\&", "%": "\\%", $: "\\$", "#": "\\#", _: "\\_", "{": "\\{", "}": "\\}" },
  ...{ "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}" },
  // Behind the \\ of the line above, these two would be its argument.
  ...{ "[": "{[}", "*": "{*}" },
  ...{ "±": "\\ensuremath{\\pm}", "−": "\\ensuremath{-}", "–": "--" },
};

const escape = (text: string): string =>
  oneLine(text)
    // Two hyphens would become a dash; those that are meant as one are put in below.
    .replaceAll(/-(?=-)/g, "-\u0000")
    .replaceAll(/[\\~^&%$#_{}<>|[*±−–]/g, (c) => SPECIAL[c] ?? c)
    .replaceAll("\u0000", "{}");

/** `$\mathbf{1.01 \pm 0.03}$ (n 5)`, with what failed; a dash where there is no number. */
function describe({ value, error, marks, bold }: CellText): string {
  const number = `${value ?? ""}${error === null ? "" : ` \\pm ${error}`}`;
  const body = value === null ? "--" : bold ? `$\\mathbf{${number}}$` : `$${number}$`;
  return marks.length > 0 ? `${body} (${escape(marks.join(", "))})` : body;
}

/** A `tabular` of booktabs, to be put into a `table` of one's own; the caption is a comment. */
export function latex(table: Table, options: FormatOptions = {}): string {
  const usual = usualSeeds(table);
  const line = (cells: readonly string[]): string => `${cells.join(" & ")} \\\\`;
  const body = table.rows.map((row) =>
    line([
      escape(row),
      ...table.cols.map((col) => describe(cellText(cellAt(table, row, col), usual, options))),
    ]),
  );
  return [
    "% \\usepackage{booktabs}",
    `% \\caption{${escape(caption(table))}}`,
    `\\begin{tabular}{l${"r".repeat(table.cols.length)}}`,
    "\\toprule",
    line([table.rowsAxis, ...table.cols].map(escape)),
    "\\midrule",
    ...body,
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}
