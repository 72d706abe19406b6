import type { ConditionScaling } from "../datasets/condition-scaling.ts";
import { selectRows, type Rows } from "../math/rows.ts";
import { rowsOf, type RowsLike } from "./rows-like.ts";
import { UserError } from "./user-error.ts";

/**
 * A condition as the user gives it, as the model sees it: one row for each of `count`.
 *
 * @param who for messages: "sample"
 * @throws UserError where a conditional flow gets none, another flow gets one, or the number of rows does not fit
 */
export function contextFor(
  condition: ConditionScaling | undefined,
  context: RowsLike | undefined,
  count: number,
  who: string,
): { readonly context?: Rows } {
  if (condition === undefined) {
    if (context === undefined) return {};
    throw new UserError(
      `${who}: expected no context, since this flow is not conditional, got one; leave it out, or train with data.condition.`,
    );
  }
  const names = condition.of.map(({ name }) => name).join(", ");
  if (context === undefined)
    throw new UserError(
      `${who}: expected a context, since this flow is conditional on ${names}, got none; give their values (--context FILE).`,
    );
  const rows = condition.apply(rowsOf(asTable(context, condition), undefined, `${who}: context`));
  if (rows.count === count) return { context: rows };
  if (rows.count !== 1)
    throw new UserError(
      `${who}: expected 1 row of context for all, or ${count}, got ${rows.count}; give as many as there are rows.`,
    );
  return { context: selectRows(rows, new Int32Array(count)) };
}

/** A flat list of as many numbers as a condition has is one row of it. */
function asTable(context: RowsLike, { of, columns }: ConditionScaling): RowsLike {
  if ("values" in context && context.values instanceof Float64Array) return context;
  const entries = Array.from(context as ArrayLike<unknown>);
  const flat = entries.every((entry): entry is number => typeof entry === "number");
  const widths = [of.length, columns.length];
  return flat && of.length > 1 && widths.includes(entries.length) ? [entries] : context;
}
