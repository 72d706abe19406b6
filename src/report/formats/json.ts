import type { Table } from "../table.ts";
import { caption } from "./caption.ts";

/** Everything, with every digit. */
export const json = (table: Table): string =>
  `${JSON.stringify({ ...table, caption: caption(table) }, null, 2)}\n`;
