import { rowSize, type Rows } from "../math/rows.ts";
import { ModelError } from "../model.ts";

/** The way in latent space from rows without an attribute to rows with it. */
export interface AttributeDirection {
  /** [D]: mean latent of the rows with the attribute less that of the rows without. */
  readonly direction: Float64Array;
  /** Rows with a value above this count as having it (NaN for a class). */
  readonly threshold: number;
  readonly withIt: number;
  readonly without: number;
}

/**
 * Direction of an attribute in latent space, the difference of two means (Kingma & Dhariwal 2018, arXiv:1807.03039,
 * section 6): to give a row more of the attribute, add a multiple of it to the row's latent and decode.
 *
 * @param latents [N, D]
 * @param values of the attribute, one per row: two different values are absent and present, more are parted at their
 *   median (the upper half has it)
 * @param options.class for a classifying attribute: rows of this class against all others
 * @throws ModelError where all rows are on one side
 */
export function attributeDirection(
  latents: Rows,
  values: ArrayLike<number>,
  options: { readonly class?: number } = {},
): AttributeDirection {
  if (values.length !== latents.count)
    throw new Error(
      `attributeDirection: expected one value for each of the ${latents.count} rows, got ${values.length}.`,
    );
  const threshold = options.class === undefined ? thresholdOf(values) : NaN;
  const has = Array.from(values, (value) =>
    options.class === undefined ? value > threshold : value === options.class,
  );
  const withIt = has.filter(Boolean).length;
  const without = latents.count - withIt;
  if (withIt === 0 || without === 0)
    throw new ModelError(
      `attributeDirection: expected rows with and without the attribute, got ${withIt} with and ${without} without; ` +
        "choose an attribute that varies, or more rows.",
    );
  const dim = rowSize(latents);
  const direction = new Float64Array(dim);
  latents.values.forEach((z, i) => {
    const share = has[Math.floor(i / dim)] === true ? 1 / withIt : -1 / without;
    direction[i % dim] = (direction[i % dim] ?? 0) + share * z;
  });
  return { direction, threshold, withIt, without };
}

/**
 * Between two values their middle; otherwise the median, or what lies below it where half of the values or more are
 * the largest one.
 */
function thresholdOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const distinct = [...new Set(sorted)];
  const [low = NaN, high = NaN] = distinct;
  if (distinct.length === 2) return (low + high) / 2;
  const half = sorted.length / 2;
  const median = ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
  const top = distinct.at(-1) ?? NaN;
  return median < top ? median : (distinct.at(-2) ?? NaN);
}
