import { readIdxHeader, holdsCounts, readIdx } from "./idx.ts";
import { LABEL, readLabels } from "./labels.ts";
import { readBytes } from "./read-bytes.ts";
import { readHead } from "./read-head.ts";
import {
  readTable,
  readTableHead,
  type Table,
  type TableOptions,
  type WordColumn,
} from "./table.ts";

/** How files are read: whole, or only as far as tells what they hold. */
export interface Reading {
  readonly table: (path: string, options: TableOptions) => Promise<Table>;
  /** An idx array, and whether it holds whole numbers. */
  readonly idx: (path: string) => Promise<IdxArray>;
  /** Images of a folder at most. */
  readonly images: number;
  /** Labels for so many rows. */
  readonly labels: (path: string, count: number, files?: readonly string[]) => Promise<WordColumn>;
}

export interface IdxArray {
  /** Rows that are read; there may be more. */
  readonly count: number;
  /** Shape of one row. */
  readonly inner: readonly number[];
  readonly values: Float64Array;
  readonly isCounts: boolean;
}

export const WHOLE: Reading = {
  table: readTable,
  async idx(path) {
    const bytes = await readBytes(path);
    const { shape, values } = readIdx(bytes, path);
    const [count = 0, ...inner] = shape;
    return { count, inner, values, isCounts: holdsCounts(bytes) };
  },
  images: Infinity,
  labels: readLabels,
};

/** Gives the columns, shapes and names of what is there, with no rows. What it throws, reading the whole would throw as well. */
export const HEADS: Reading = {
  table: readTableHead,
  async idx(path) {
    const { bytes } = await readHead(path);
    const [, ...inner] = readIdxHeader(bytes, path).shape;
    return { count: 0, inner, values: new Float64Array(0), isCounts: holdsCounts(bytes) };
  },
  images: 1,
  async labels(path) {
    await readHead(path);
    return { name: LABEL, cells: [] };
  },
};
