import type { Table } from "../table.ts";
import { columns } from "./columns.ts";

const quote = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One line per cell, with every digit; nothing where there is no value. */
export function csv(table: Table): string {
  const all = columns(table);
  const lines = table.cells.map((_, i) => all.map(({ values }) => values[i] ?? null));
  return [all.map(({ name }) => name), ...lines]
    .map((line) => `${line.map(quote).join(",")}\n`)
    .join("");
}
