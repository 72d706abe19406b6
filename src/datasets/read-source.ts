import { makeRows, type Rows } from "../math/rows.ts";
import { pickEntries } from "./attributes.ts";
import { DataError } from "./data-error.ts";
import type { FileOptions } from "./file-options.ts";
import type { ColumnReference } from "./select-columns.ts";
import { readTable, type ChooseColumns, type Table } from "./table.ts";

/** Rows of a file or folder, and what is kept beside them. */
export interface Source {
  /** Modelled columns only; the words of classes stand in its `words`. */
  readonly table: Table;
  /** Attributes that are numbers, with one column each. */
  readonly numbers: { readonly names: readonly string[]; readonly rows: Rows };
}

/**
 * Reads a table and parts its attributes from its rows.
 *
 * @throws DataError as readTable does, and where no column is left to model
 */
export async function readSource(path: string, chosen: FileOptions): Promise<Source> {
  const table = await readTable(path, { ...chosen, columns: choose(chosen) });
  const kept = table.columns.length - chosen.attributes.length;
  if (kept < 1)
    throw new DataError(
      `${path}: expected at least one column that is modelled, got only attributes and categories; leave one out of them.`,
    );
  if (chosen.attributes.length === 0) return { table, numbers: noNumbers(table) };
  const all = makeRows(table.values, [table.columns.length]);
  const place = table.columns.map((_, j) => j);
  const { values, shape } = pickEntries(all, place.slice(0, kept));
  return {
    table: { ...table, columns: table.columns.slice(0, kept), shape, values },
    numbers: {
      names: table.columns.slice(kept),
      rows: pickEntries(all, place.slice(kept)),
    },
  };
}

const noNumbers = ({ ids }: Table): Source["numbers"] => ({
  names: [],
  rows: { count: ids.length, shape: [0], values: new Float64Array(0) },
});

/** Modelled columns, then attributes. */
function choose({ columns, attributes, categories }: FileOptions): ChooseColumns {
  return (names) => {
    if (attributes.length === 0) return { columns, words: categories };
    const isMeant = (name: string, index: number) => (reference: ColumnReference) =>
      reference === name || String(reference) === String(index);
    const rest = names.filter(
      (name, index) => ![...attributes, ...categories].some(isMeant(name, index)),
    );
    return { columns: [...(columns ?? rest), ...attributes], words: categories };
  };
}
