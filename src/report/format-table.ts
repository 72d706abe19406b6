import { cellAt, isUnnormalised, type Cell, type Table } from "./table.ts";

export const FORMATS = ["md", "csv", "json"] as const;
export type TableFormat = (typeof FORMATS)[number];

/** Decimals at which the standard error has two digits; at least 2, at most 6. */
function decimalsFor(stderr: number | null): number {
  if (stderr === null || stderr <= 0) return 4;
  return Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(stderr))));
}

/** A real minus, and nothing that breaks a table of Markdown. */
const cellText = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
const minus = (text: string): string => text.replace(/^-/, "−");

/** Provenance that needs no mark: the rule for likelihoods, and for metrics of draws the only one. */
const UNMARKED: readonly string[] = ["exact", "samples"];

/** `**1.0124 ± 0.0031** (n 5)`, with what failed; `–` where there is no number. */
function describeCell(cell: Cell | undefined, usual: number): string {
  if (cell === undefined) return "–";
  const lost = [
    cell.failed > 0 ? `${cell.failed} failed` : "",
    cell.diverged > 0 ? `${cell.diverged} diverged` : "",
    cell.nonfinite > 0 ? `${cell.nonfinite} without a value` : "",
  ].filter((text) => text !== "");
  if (cell.mean === null) return `– (${lost.join(", ") || "no such number"})`;
  // A count that is the same in every seed, such as that of the parameters.
  const count = Number.isInteger(cell.mean) && (cell.stderr ?? 0) === 0;
  const decimals = count ? 0 : decimalsFor(cell.stderr);
  const value = minus(cell.mean.toFixed(decimals));
  const error = cell.stderr === null || count ? "" : ` ± ${cell.stderr.toFixed(decimals)}`;
  const kinds = cell.provenance.filter((kind) => !UNMARKED.includes(kind));
  const marks = [...kinds, ...(cell.n === usual || cell.floor ? [] : [`n ${cell.n}`]), ...lost];
  const body = cell.best ? `**${value}${error}**` : `${value}${error}`;
  return marks.length > 0 ? `${body} (${marks.join(", ")})` : body;
}

function caption(table: Table, usual: number): string {
  const over = new Set(table.cells.map((cell) => cell.stderrOver));
  const error = over.has("seeds")
    ? `mean ± standard error over ${usual} seeds`
    : over.has("rows")
      ? "one seed ± standard error over the test rows"
      : "one seed";
  const left = table.cells.some((cell) => cell.provenance.some(isUnnormalised))
    ? " encoder- and decoder-jacobian are of no normalised density unless the two networks undo each other; they are never the best."
    : "";
  const exact = table.closedForm
    ? " Where a theory stands beside them, layers are computed without rows, and of one seed ± is over draws of what layers draw at random."
    : "";
  return `${table.metric}: ${error}; best of each column in bold.${left}${exact}`;
}

function markdown(table: Table): string {
  const models = table.cells.filter((cell) => !cell.floor);
  const usual = Math.max(0, ...models.map((cell) => cell.n));
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(" | ")} |`;
  const body = table.rows.map((row) =>
    line([row, ...table.cols.map((col) => describeCell(cellAt(table, row, col), usual))]),
  );
  return [
    line([table.rowsAxis, ...table.cols]),
    line(["---", ...table.cols.map(() => "---:")]),
    ...body,
    "",
    caption(table, usual),
    "",
  ].join("\n");
}

const quote = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const COLUMNS = ["mean", "stderr", "stderrOver", "n", "failed", "diverged", "nonfinite"] as const;

/** One line per cell. */
function csv(table: Table): string {
  const head = [table.rowsAxis, table.colsAxis, "metric", ...COLUMNS, "provenance", "best"];
  const lines = table.cells.map((cell) =>
    [
      cell.row,
      cell.col,
      cell.metric,
      ...COLUMNS.map((name) => cell[name]),
      cell.provenance.join(" "),
      cell.best,
    ]
      .map(quote)
      .join(","),
  );
  return `${[head.map(quote).join(","), ...lines].join("\n")}\n`;
}

/** A table as text that ends with a newline: Markdown, CSV with one line per cell, or JSON. */
export function formatTable(table: Table, format: TableFormat): string {
  switch (format) {
    case "md":
      return markdown(table);
    case "csv":
      return csv(table);
    case "json":
      return `${JSON.stringify(table, null, 2)}\n`;
  }
}
