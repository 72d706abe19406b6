import { conditionColumns } from "../datasets/attributes.ts";
import type { Condition } from "../datasets/dataset.ts";
import { makeRows, rowSize, selectRows, type Rows } from "../math/rows.ts";
import { pickTestRows, type Subject } from "./manipulate.ts";

/** Whether an attribute is one that the flow is conditioned on. */
export const isCondition = ({ dataset }: Subject, attribute: string): boolean =>
  dataset.condition?.of.some(({ name }) => name === attribute) === true;

/** What stands in the columns of an attribute, one list for each image of a strip. */
function variants(condition: Condition, attribute: string, steps: number) {
  const before = condition.of.slice(
    0,
    condition.of.findIndex(({ name }) => name === attribute),
  );
  const first = conditionColumns(before).length;
  const classes = condition.of[before.length]?.classes;
  if (classes !== undefined)
    return {
      first,
      values: classes.map((_, one) => classes.map((__, other) => (one === other ? 1 : 0))),
    };
  const size = condition.columns.length;
  const column = condition.train.values.filter((_, k) => k % size === first);
  const low = column.reduce((a, b) => Math.min(a, b), Infinity);
  const high = column.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    first,
    values: Array.from({ length: steps }, (_, i) => [low + ((high - low) * i) / (steps - 1)]),
  };
}

/**
 * Test rows under other conditions: encoded under their own, decoded under the attribute's other values, the rest of the
 * condition as it is. A number goes from its smallest to its largest training value in `steps`, a class through all.
 *
 * @returns a strip of `columns` rows for each row, in raw units
 * @throws UserError for rows that there are not
 */
export async function alongCondition(
  subject: Subject,
  asked: { readonly attribute: string; readonly rows: readonly number[]; readonly steps: number },
): Promise<{ readonly images: Rows; readonly columns: number }> {
  const { flow, dataset } = subject;
  const { condition } = dataset;
  if (condition === undefined) throw new Error("alongCondition: the data set has no condition.");
  const { rows, given } = pickTestRows(subject, asked.rows, "--rows");
  const latents = await flow.encode(rows, given);
  const { first, values } = variants(condition, asked.attribute, asked.steps);
  const columns = values.length;
  const place = Int32Array.from({ length: rows.count * columns }, (_, i) =>
    Math.floor(i / columns),
  );
  const own = selectRows(given.context ?? condition.test, place);
  const size = rowSize(own);
  const context = own.values.slice();
  for (let i = 0; i < own.count; i++) context.set(values[i % columns] ?? [], i * size + first);
  const images = await flow.decode(selectRows(latents, place), {
    context: makeRows(context, [size]),
  });
  return { images, columns };
}
