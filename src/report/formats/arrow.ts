import { bool, float64, int32, tableFromArrays, tableToIPC, utf8 } from "@uwdata/flechette";
import type { Table } from "../table.ts";
import { columns } from "./columns.ts";

const TYPES = { text: utf8, number: float64, count: int32, flag: bool };

/** One line per cell, as a file of Arrow (Feather 2). */
export function arrow(table: Table): Uint8Array {
  const all = columns(table);
  const data = all.map(({ name, values }): [string, unknown[]] => [name, [...values]]);
  const types = Object.fromEntries(all.map(({ name, type }) => [name, TYPES[type]()]));
  const bytes = tableToIPC(tableFromArrays(data, { types }), { format: "file" });
  if (bytes === null) throw new Error("arrow: flechette wrote nothing.");
  return bytes;
}
