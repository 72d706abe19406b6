import { parquetWriteBuffer } from "hyparquet-writer";
import type { Table } from "../table.ts";
import { caption } from "./caption.ts";
import { columns } from "./columns.ts";

const TYPES = { text: "STRING", number: "DOUBLE", count: "INT32", flag: "BOOLEAN" } as const;

/** One line per cell, as a file of Parquet; the caption stands in its metadata. */
export function parquet(table: Table): Uint8Array {
  const columnData = columns(table).map(({ name, type, values }) => ({
    ...{ name, type: TYPES[type] },
    data: [...values],
  }));
  const kvMetadata = [{ key: "caption", value: caption(table) }];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));
}
