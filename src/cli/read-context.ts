import { conditionColumns, expandAttributes } from "../datasets/attributes.ts";
import { DataError } from "../datasets/data-error.ts";
import type { Attribute } from "../datasets/dataset.ts";
import { didYouMean } from "../datasets/did-you-mean.ts";
import { isNpyPath } from "../datasets/npy.ts";
import { readTable, type ChooseColumns, type Table } from "../datasets/table.ts";
import { makeRows, type Rows } from "../math/rows.ts";
import { UserError } from "../runner/user-error.ts";

/** Names of the attributes that are numbers. */
export const numbersOf = (of: readonly Attribute[]): readonly string[] =>
  of.flatMap(({ name, classes }) => (classes ? [] : name));

/** Names of the attributes that are classes. */
export const classesOf = (of: readonly Attribute[]): readonly string[] =>
  of.flatMap(({ name, classes }) => (classes ? name : []));

/**
 * Reads conditions for a run from a file: a column for each, by the names of its header, or in the order of
 * `data.condition` where it has none and no other columns. A class is given by its word, or by one-hot columns `digit=3`.
 *
 * @returns [C] per row; from an array as it stands there
 * @throws UserError where the run is not conditional; DataError as readTable does, for columns that are missing, and for
 *   words that are no class
 */
export async function readContext(
  path: string,
  of: readonly Attribute[] | undefined,
): Promise<Rows> {
  if (of === undefined)
    throw new UserError(
      `--context ${path}: expected none, since this run is not conditional; leave it out, or train with data.condition.`,
    );
  const format = { header: "auto", delimiter: "auto", missing: [], onBadRow: "error" } as const;
  if (isNpyPath(path)) {
    const { values, shape } = await readTable(path, { ...format, columns: null });
    return makeRows(values, shape);
  }
  const seen = { expanded: false };
  const columns: ChooseColumns = (names, hasHeader) => {
    const oneHot = conditionColumns(of);
    seen.expanded = oneHot.every((name) => names.includes(name));
    if (seen.expanded) return { columns: oneHot };
    const inOrder = !hasHeader && names.length === of.length;
    const missing = of.find(({ name }) => !inOrder && !names.includes(name));
    if (missing !== undefined)
      throw new DataError(
        `${path}: expected columns for the condition ${of.map(({ name }) => name).join(", ")}, got none for ` +
          `"${missing.name}"; name it in the first line.${didYouMean(missing.name, names)}`,
      );
    const place = of.map(({ name, classes }, a) => ({ at: inOrder ? a : name, classes }));
    return {
      columns: place.flatMap(({ at, classes }) => (classes ? [] : at)),
      words: place.flatMap(({ at, classes }) => (classes ? at : [])),
    };
  };
  const table = await readTable(path, { ...format, columns });
  const numbers = makeRows(table.values, [Math.max(table.columns.length, 1)]);
  return seen.expanded ? numbers : contextOf(table, of, numbers);
}

/**
 * A condition [C] from a table of which the classes were read as words.
 *
 * @param numbers the columns that are numbers, in the condition's order
 * @throws DataError for a word that is no class
 */
export function contextOf(table: Table, of: readonly Attribute[], numbers: Rows): Rows {
  const { words, ids, path } = table;
  let [w, j] = [0, 0];
  const columns = of.map(({ name, classes }) => {
    const at = classes ? w++ : j++;
    const width = numbersOf(of).length;
    return (i: number): number =>
      classes
        ? classOf(path, name, classes, words[at]?.cells[i] ?? "")
        : (numbers.values[i * width + at] ?? NaN);
  });
  const values = new Float64Array(ids.length * of.length).map(
    (_, k) => columns[k % of.length]?.(Math.floor(k / of.length)) ?? NaN,
  );
  return expandAttributes(of, { count: ids.length, shape: [of.length], values });
}

/** A number may be written in another way than the word: 3.0 for 3. */
function classOf(path: string, name: string, classes: readonly string[], word: string): number {
  const exact = classes.indexOf(word);
  const index =
    exact >= 0 ? exact : classes.findIndex((c) => c !== "" && Number(c) === Number(word));
  if (index < 0)
    throw new DataError(
      `${path}: expected a class of "${name}", got "${word}".${didYouMean(word, classes)}`,
    );
  return index;
}
