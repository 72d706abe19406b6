import { comparableMean, isUnnormalised } from "../best.ts";
import { LEVEL } from "../significance.ts";
import type { Table } from "../table.ts";
import { usualSeeds } from "./cell-text.ts";

/** What is in bold, and by which test. */
function boldness({ cells, field }: Table): string {
  if (field === null || cells.every(({ best }) => !best)) return "";
  const where = `each ${field === "col" ? "column" : "row"}`;
  const tests = cells.flatMap(({ comparison }) => comparison ?? []);
  const untested = cells.some(
    (cell) =>
      cell.reference === null &&
      !cell.best &&
      cell.comparison === null &&
      comparableMean(cell) !== null,
  );
  const ruled = cells.some(
    ({ best, comparison, ruledByOneRow }) =>
      ruledByOneRow && (best || (comparison !== null && comparison.p > LEVEL)),
  );
  const unsure = "not in bold is a mean that a single row rules";
  if (tests.length === 0) {
    const reasons = [
      ...(untested ? ["no test: entries share neither two seeds nor log p per row"] : []),
      ...(ruled ? [unsure] : []),
    ];
    return `; best of ${where} in bold${reasons.length > 0 ? ` (${reasons.join("; ")})` : ""}`;
  }
  const over = [
    ...(tests.some(({ seeds }) => seeds !== null) ? ["seeds"] : []),
    ...(tests.some(({ rows }) => rows !== null) ? ["test rows"] : []),
  ];
  const how =
    over.length === 2
      ? "paired t-tests over seeds and over test rows, both of which must say so"
      : `paired t-test over ${over.join("")}`;
  const rest = [untested ? "; not all could be tested" : "", ruled ? `; ${unsure}` : ""].join("");
  return `; in bold the best of ${where} and what is not significantly worse (${how}; Holm-corrected, level ${LEVEL}${rest})`;
}

/** What ± is over, and of how many seeds; floors have draws of the data instead. */
function errors(table: Table): string {
  const cells = table.cells.filter(({ reference }) => reference === null);
  const seeds = usualSeeds(table);
  const over = new Set(cells.map(({ stderrOver }) => stderrOver));
  if (over.has("seeds"))
    return `mean ± standard error over ${seeds} seeds${over.has("rows") ? ", where there is one over the test rows" : ""}`;
  if (over.has("rows")) return "one seed ± standard error over the test rows";
  if (cells.some(({ withheld }) => withheld !== null) && cells.every(({ mean }) => mean === null))
    return "no entry has as many seeds as were asked for";
  return seeds === 0 ? "no seed has a value" : "one seed";
}

/** What the numbers of a table are, and what is in bold, in a line of plain text. */
export function caption(table: Table): string {
  const left = table.cells.some((cell) => cell.provenance.some(isUnnormalised))
    ? " encoder- and decoder-jacobian are of no normalised density unless the two networks undo each other; they are never the best."
    : "";
  const exact = table.closedForm
    ? " Where a theory stands beside them, layers are computed without rows, and of one seed ± is over draws of what layers draw at random."
    : "";
  const outside = table.outside.map((sentence) => ` ${sentence}`).join("");
  const beside = table.cells.some(({ reference }) => reference === "baseline")
    ? " Baselines take no part in the comparison."
    : "";
  return `${table.metric}: ${errors(table)}${boldness(table)}.${beside}${left}${exact}${outside}`;
}
