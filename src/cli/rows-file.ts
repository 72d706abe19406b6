import { extname } from "node:path";
import { writeNpy } from "../datasets/npy.ts";
import { parseNumber } from "../datasets/parse-table.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { writeAtomic } from "../runner/store/atomic-write.ts";
import { messageOf, UserError } from "../runner/user-error.ts";

/** A column's name in a header: one that is a number, as a file without header gives, would pass for a value. */
export const headerName = (column: string): string =>
  parseNumber(column) === undefined ? column : `column_${column}`;

const quoted = (name: string): string =>
  /[",#\r\n]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;

/** The first line of the text that `writeRows` writes. */
export const headerLine = (columns: readonly string[]): string =>
  columns.map((column) => quoted(headerName(column))).join(",");

/** Text of rows: a header, then one line each, with digits enough to give back the same doubles. */
function toCsv(rows: Rows, columns: readonly string[]): string {
  const size = rowSize(rows);
  const lines = [headerLine(columns)];
  for (let i = 0; i < rows.count; i += 1)
    lines.push(rows.values.subarray(i * size, (i + 1) * size).join(","));
  return `${lines.join("\n")}\n`;
}

const FORMATS = "expected a name that ends in .npy or .csv";

/** Writes rows as `.npy` or `.csv`, as the name says. */
export function writeRows(path: string, rows: Rows, columns: readonly string[]): void {
  const extension = extname(path);
  if (extension !== ".npy" && extension !== ".csv")
    throw new UserError(`--out ${path}: ${FORMATS}.`);
  try {
    writeAtomic(
      path,
      extension === ".npy"
        ? writeNpy(rows.values, [rows.count, ...rows.shape])
        : toCsv(rows, columns),
    );
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${messageOf(error)}.`, { cause: error });
  }
}
