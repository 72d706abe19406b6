import type { Rows } from "../math/rows.ts";
import { conditionColumns, expandAttributes, oneHotColumns, pickEntries } from "./attributes.ts";
import { DataError } from "./data-error.ts";
import type { Attribute, Condition, Dataset } from "./dataset.ts";
import { conditionPlaces, outlineOf } from "./outline.ts";

const PARTS = ["train", "validation", "test"] as const;
type Part = (typeof PARTS)[number];

/** Where a name of `data.condition` is found. */
interface Source {
  readonly attribute: Attribute;
  readonly values: (part: Part) => Rows;
}

const each = <T>(f: (part: Part) => T): Record<Part, T> =>
  Object.fromEntries(PARTS.map((part) => [part, f(part)])) as Record<Part, T>;

/**
 * The data set as one of p(x | c): columns of a table and attributes that the names mean become the condition, and
 * columns leave the rows. The density and entropy of all rows no longer apply and are left out; the density given all
 * attributes stays where the condition is all of them, in their order.
 *
 * @throws DataError for names that are unknown, repeated, or all columns, and for what does not vary in the training rows
 */
export function conditionOn(dataset: Dataset, names: readonly string[]): Dataset {
  const { conditionalLogDensity } = dataset;
  const found = conditionPlaces(outlineOf(dataset), names);
  const sources = names.map((name, i) => sourceOf(dataset, name, found[i]));
  const taken = new Set(found.filter((column) => column !== undefined));
  const kept = dataset.columns.flatMap((_, j) => (taken.has(j) ? [] : [j]));
  const all = dataset.attributes?.of.map(({ name }) => name).join("\n");
  return {
    ...withoutDensity(dataset),
    ...(taken.size > 0 && {
      shape: [kept.length],
      columns: kept.map((j) => dataset.columns[j] ?? ""),
      ...each((part) => pickEntries(dataset[part], kept)),
    }),
    condition: gather(sources),
    ...(conditionalLogDensity && names.join("\n") === all && { conditionalLogDensity }),
  };
}

/** What stays as it is; all but densities and entropy. */
function withoutDensity(dataset: Dataset): Dataset {
  const { name, shape, columns, train, validation, test, testIds } = dataset;
  const { attributes, image, levels, likelihood, duplicates, notes, digest } = dataset;
  return {
    ...{ name, shape, columns, train, validation, test, testIds },
    ...{ likelihood, duplicates, notes, digest },
    ...(attributes && { attributes }),
    ...(image && { image }),
    ...(levels !== undefined && { levels }),
  };
}

function sourceOf(dataset: Dataset, name: string, column: number | undefined): Source {
  const { attributes } = dataset;
  if (column !== undefined)
    return { attribute: { name }, values: (part) => pickEntries(dataset[part], [column]) };
  const index = attributes?.of.findIndex((attribute) => attribute.name === name) ?? -1;
  const attribute = attributes?.of[index];
  if (attributes === undefined || attribute === undefined)
    throw new Error(`conditionOn: "${name}" is neither a column nor an attribute.`);
  return { attribute, values: (part) => pickEntries(attributes[part], [index]) };
}

function gather(sources: readonly Source[]): Condition {
  const of = sources.map(({ attribute }) => attribute);
  const joined = each((part): Rows => {
    const columns = sources.map(({ values }) => values(part));
    const count = columns[0]?.count ?? 0;
    const values = new Float64Array(count * of.length).map(
      (_, k) => columns[k % of.length]?.values[Math.floor(k / of.length)] ?? NaN,
    );
    return { count, shape: [of.length], values };
  });
  const { values } = joined.train;
  const constant = of.find((_, a) =>
    values.every((value, k) => k % of.length !== a || value === values[a]),
  );
  if (constant !== undefined)
    throw new DataError(
      `condition: expected "${constant.name}" to vary in the training rows, got one value only; ` +
        "take it out of data.condition.",
    );
  return {
    of,
    columns: conditionColumns(of),
    oneHot: oneHotColumns(of),
    ...each((part) => expandAttributes(of, joined[part])),
  };
}
