import { DataError } from "./data-error.ts";
import type { Dataset } from "./dataset.ts";
import { didYouMean } from "./did-you-mean.ts";

/** What is known of the rows of a data set before they are made or read. */
export interface Outline extends Pick<Dataset, "name" | "shape" | "columns" | "image"> {
  /** Names of what stands beside the rows. */
  readonly attributes: readonly string[];
  /** Names of what the rows are conditioned on. */
  readonly condition?: readonly string[];
}

export const outlineOf = ({
  name,
  shape,
  columns,
  image,
  attributes,
  condition,
}: Dataset): Outline => ({
  ...{ name, shape, columns },
  ...(image && { image }),
  attributes: attributes?.of.map((attribute) => attribute.name) ?? [],
  ...(condition && { condition: condition.of.map((attribute) => attribute.name) }),
});

/** Images as tables, as `flattenRows` does it. */
export const flatOutline = (outline: Outline): Outline =>
  outline.shape.length === 1
    ? outline
    : {
        ...outline,
        shape: [outline.shape.reduce((product, d) => product * d, 1)],
        image: outline.shape,
      };

/** The names of the columns, which images do not have. */
const entriesOf = ({ shape, columns }: Outline): readonly string[] =>
  shape.length === 1 ? columns : [];

/**
 * Where each name of `data.condition` is found: undefined for an attribute, the index of a column, which leaves the rows.
 *
 * @throws DataError for names that are unknown, repeated, or all columns
 */
export function conditionPlaces(
  outline: Outline,
  names: readonly string[],
): readonly (number | undefined)[] {
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (names.length === 0 || repeated !== undefined)
    throw new DataError(
      repeated === undefined
        ? "condition: expected at least one name, got []; name a column or attribute, or set data.condition=null."
        : `condition: expected each name once, got "${repeated}" twice; remove one.`,
    );
  const entries = entriesOf(outline);
  const found = names.map((name) => findColumn(outline, entries, name));
  const taken = found.filter((column) => column !== undefined);
  if (taken.length === outline.columns.length)
    throw new DataError(
      `condition: expected a column that is left to model, got all ${outline.columns.length} of them ` +
        `(${names.join(", ")}); take one out of data.condition.`,
    );
  return found;
}

function findColumn(
  { attributes, name: dataset }: Outline,
  entries: readonly string[],
  name: string,
): number | undefined {
  if (attributes.includes(name)) return undefined;
  const column = entries.indexOf(name);
  if (column >= 0) return column;
  const there = [...attributes, ...entries];
  throw new DataError(
    there.length === 0
      ? `condition: "${dataset}" has neither attributes nor columns, got "${name}"; give labels, or leave data.condition out.`
      : `condition: expected a column or attribute of "${dataset}", got "${name}".${didYouMean(name, there)}`,
  );
}

/** The rows that are conditioned on these names; throws as `conditionPlaces` does. */
export function conditionedOutline(outline: Outline, names: readonly string[]): Outline {
  const taken = conditionPlaces(outline, names).filter((column) => column !== undefined);
  const kept = outline.columns.filter((_, j) => !taken.includes(j));
  return {
    ...outline,
    ...(taken.length > 0 && { shape: [kept.length], columns: kept }),
    condition: names,
  };
}
