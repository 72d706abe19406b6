import type { Table } from "./table.ts";

export interface FormatOptions {
  /** Significant digits of standard errors; without it two, with at least two decimals. */
  readonly digits?: number;
}

type Format = (table: Table, options: FormatOptions) => string | Uint8Array;

interface FormatEntry {
  readonly extension: string;
  /** Bytes that are of no use on a terminal. */
  readonly binary: boolean;
  load(): Promise<Format>;
}

/** What a table can be written as. Each is loaded when it is used, so that this list costs a command line nothing. */
export const FORMATS = {
  md: {
    ...{ extension: "md", binary: false },
    load: async () => (await import("./formats/markdown.ts")).markdown,
  },
  csv: {
    ...{ extension: "csv", binary: false },
    load: async () => (await import("./formats/csv.ts")).csv,
  },
  latex: {
    ...{ extension: "tex", binary: false },
    load: async () => (await import("./formats/latex.ts")).latex,
  },
  html: {
    ...{ extension: "html", binary: false },
    load: async () => (await import("./formats/html.ts")).html,
  },
  json: {
    ...{ extension: "json", binary: false },
    load: async () => (await import("./formats/json.ts")).json,
  },
  arrow: {
    ...{ extension: "arrow", binary: true },
    load: async () => (await import("./formats/arrow.ts")).arrow,
  },
  parquet: {
    ...{ extension: "parquet", binary: true },
    load: async () => (await import("./formats/parquet.ts")).parquet,
  },
} as const satisfies Readonly<Record<string, FormatEntry>>;

export type TableFormat = keyof typeof FORMATS;
export const formatNames = Object.keys(FORMATS) as TableFormat[];

/** The format that a file's name asks for, if it is that of one. */
export const formatOfFile = (path: string): TableFormat | undefined =>
  formatNames.find((name) => path.endsWith(`.${FORMATS[name].extension}`));

/** A table in a format: text that ends with a newline, or bytes. */
export async function formatTable(
  table: Table,
  format: TableFormat,
  options: FormatOptions = {},
): Promise<string | Uint8Array> {
  const write: Format = await FORMATS[format].load();
  return write(table, options);
}
