import { columnDeviations, columnMeans } from "../../math/moments.ts";
import type { Rng } from "../../math/rng.ts";
import { joinColumns, rowSize, selectRows, type Rows } from "../../math/rows.ts";
import type { MetricArguments, TwoSamples } from "./metric-definition.ts";

type Source = Pick<MetricArguments, "train" | "test" | "context" | "sample">;

/**
 * Draws of the model beside random test rows, as many of both, and random training rows. A conditional model draws one
 * row for each test row's condition, and the condition stands behind the row: what is compared is p(row, condition).
 *
 * @param most rows of each at most
 */
export async function drawTwoSamples(
  { train, test, context, sample }: Source,
  most: number,
  rng: Rng,
): Promise<TwoSamples> {
  const count = Math.min(most, test.count);
  const tested = rng.fork("test rows").permutation(test.count).subarray(0, count);
  const trained = rng.fork("training rows").permutation(train.count).subarray(0, count);
  const given = context && selectRows(context.test, tested);
  const { rows } = await sample(count, rng.fork("draws"), given);
  const data = beside(selectRows(test, tested), given);
  const scale = scaling(data);
  return {
    model: scale(beside(rows, given)),
    data: scale(data),
    reference: scale(
      beside(selectRows(train, trained), context && selectRows(context.train, trained)),
    ),
    nonfinite: countNonfinite(rows),
  };
}

/** Rows [N, D] with the condition's columns behind them, flat. */
const beside = (rows: Rows, context: Rows | undefined): Rows =>
  context ? joinColumns(rows, context) : { ...rows, shape: [rowSize(rows)] };

/** Shifts and scales columns by the mean and deviation of these rows; a constant column keeps its unit. */
function scaling(by: Rows): (rows: Rows) => Rows {
  const means = columnMeans(by);
  const deviations = columnDeviations(by, means).map((sd) => (sd > 0 ? sd : 1));
  const width = means.length;
  return (rows) => ({
    ...rows,
    values: rows.values.map(
      (value, k) => (value - (means[k % width] ?? 0)) / (deviations[k % width] ?? 1),
    ),
  });
}

/** Rows that hold a number which is not finite. */
export function countNonfinite(rows: Rows): number {
  const size = rowSize(rows);
  let count = 0;
  for (let i = 0; i < rows.count; i++)
    if (!rows.values.subarray(i * size, (i + 1) * size).every(Number.isFinite)) count++;
  return count;
}
