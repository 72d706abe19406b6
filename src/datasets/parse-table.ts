import { parse } from "csv-parse/sync";

import { DataError } from "./data-error.ts";

/** One record of a text table and the line of the file it ends on, from 1. */
export interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface TextFormat {
  readonly header: boolean | "auto";
  /** `auto`, a name of DELIMITERS, or the character itself. */
  readonly delimiter: string;
  /** Cells that stand for a missing value. */
  readonly missing: readonly string[];
}

const DELIMITERS: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  space: " ",
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A decimal number, or undefined; stricter than Number(), which takes "" for 0 and "0x10" for 16. */
export const parseNumber = (cell: string): number | undefined =>
  NUMBER.test(cell) ? Number(cell) : undefined;

/**
 * Splits a text table into records: quotes, `#` comment lines, empty lines and a byte-order mark are taken care of.
 *
 * With header "auto" the first record is a header where it holds a name and no number.
 *
 * @param most records that are read at most, a header among them
 * @throws DataError for text that csv-parse cannot split, and where no record is left
 */
export function parseTable(
  path: string,
  content: string,
  format: TextFormat,
  most?: number,
): { readonly header?: readonly string[]; readonly lines: readonly Line[] } {
  const delimiter = findDelimiter(content, format.delimiter);
  const lines = records(path, content, delimiter, most);
  const [first, ...rest] = lines;
  if (first === undefined)
    throw new DataError(`${path}: expected rows of numbers, got no row; make the file again.`);
  const isHeader = format.header === "auto" ? looksLikeHeader(first, format) : format.header;
  if (!isHeader) return { lines };
  if (rest.length === 0)
    throw new DataError(
      `${path}:${first.line}: expected rows of numbers below the header, got none; ` +
        "give rows, or set header: false.",
    );
  return { header: first.cells, lines: rest };
}

function findDelimiter(content: string, asked: string): string {
  if (asked !== "auto") return DELIMITERS[asked] ?? asked;
  // The first line that is neither empty nor a comment, after a byte-order mark.
  const sample = /^(?!#)[^\S\r\n]*\S.*$/m.exec(content.replace(/^\ufeff/, ""))?.[0];
  const unquoted = (sample ?? "").replace(/"[^"]*"/g, "").trim();
  const counts = [",", ";", "\t"].map((mark) => [mark, unquoted.split(mark).length - 1] as const);
  const [mark, count] = counts.reduce((best, next) => (next[1] > best[1] ? next : best));
  return count > 0 ? mark : unquoted.includes(" ") ? " " : ",";
}

function records(path: string, content: string, delimiter: string, most?: number): Line[] {
  const lines: Line[] = [];
  try {
    parse(content, {
      delimiter,
      ...(most !== undefined && { to: most }),
      bom: true,
      comment: "#",
      comment_no_infix: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (cells: string[], { lines: line }) => {
        // Numbers lined up by several spaces have empty cells between them.
        lines.push({ line, cells: delimiter === " " ? cells.filter((c) => c !== "") : cells });
        return null;
      },
    });
  } catch (error) {
    const line = error instanceof Error && "lines" in error ? `:${String(error.lines)}` : "";
    const cause = error instanceof Error ? error.message : String(error);
    throw new DataError(
      `${path}${line}: expected a table of cells divided by ${JSON.stringify(delimiter)}, got "${cause}"; ` +
        "mend the quotes, or set delimiter.",
    );
  }
  return lines;
}

function looksLikeHeader({ cells }: Line, { missing }: TextFormat): boolean {
  return (
    cells.some((cell) => cell !== "" && !missing.includes(cell)) &&
    cells.every((cell) => parseNumber(cell) === undefined)
  );
}
