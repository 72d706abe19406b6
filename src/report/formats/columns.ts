import type { Cell, Table } from "../table.ts";

/** A column of a table that has one line per cell. Each may have null. */
export type Column =
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] }
  | {
      readonly name: string;
      readonly type: "number" | "count";
      readonly values: readonly (number | null)[];
    }
  | { readonly name: string; readonly type: "flag"; readonly values: readonly (boolean | null)[] };

/** The test whose difference is shown: that over seeds, which is the difference of the means where all seeds are shared. */
const shownTest = ({ comparison }: Cell) => comparison?.seeds ?? comparison?.rows ?? null;

const shownOver = ({ comparison }: Cell): string | null =>
  comparison === null ? null : comparison.seeds === null ? "rows" : "seeds";

/** A table as columns, one line per cell. */
export function columns({ cells, rowsAxis, colsAxis }: Table): readonly Column[] {
  const text = (name: string, of: (cell: Cell) => string | null): Column => ({
    ...{ name, type: "text" },
    values: cells.map(of),
  });
  const number = (name: string, of: (cell: Cell) => number | null): Column => ({
    ...{ name, type: "number" },
    values: cells.map(of),
  });
  const count = (name: "n" | "failed" | "diverged" | "nonfinite"): Column => ({
    ...{ name, type: "count" },
    values: cells.map((cell) => cell[name]),
  });
  const flag = (name: string, of: (cell: Cell) => boolean | null): Column => ({
    ...{ name, type: "flag" },
    values: cells.map(of),
  });
  return [
    text(rowsAxis, (cell) => cell.row),
    text(colsAxis === rowsAxis ? `${colsAxis} (column)` : colsAxis, (cell) => cell.col),
    text("metric", (cell) => cell.metric),
    number("mean", (cell) => cell.mean),
    number("stderr", (cell) => cell.stderr),
    text("stderrOver", (cell) => cell.stderrOver),
    ...[count("n"), count("failed"), count("diverged"), count("nonfinite")],
    text("provenance", (cell) => cell.provenance.join(" ")),
    flag("best", (cell) => cell.best),
    flag("bold", (cell) => cell.bold),
    number("p", ({ comparison }) => comparison?.p ?? null),
    number("difference", (cell) => shownTest(cell)?.difference ?? null),
    number("differenceStderr", (cell) => shownTest(cell)?.stderr ?? null),
    text("differenceOver", shownOver),
    number("pSeeds", ({ comparison }) => comparison?.seeds?.p ?? null),
    number("pRows", ({ comparison }) => comparison?.rows?.p ?? null),
    flag("ruledByOneRow", (cell) => cell.ruledByOneRow),
    text("withheld", (cell) => cell.withheld),
    text("reference", (cell) => cell.reference),
  ];
}
