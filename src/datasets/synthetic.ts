import type { GaussianMoments } from "../math/moments.ts";
import { makeRows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import { integer } from "../options.ts";
import type { Dataset, Entropy, Outlined } from "./dataset.ts";
import { digestRows } from "./digest.ts";
import { countDuplicates } from "./duplicates.ts";
import { fractions, splitCounts } from "./fractions.ts";

/** Options of every synthetic set. */
export const syntheticOptions = {
  size: integer(20_000, "draws in all: train, validation and test together", { min: 2, max: 1e8 }),
  split: fractions,
};

/** A distribution that can be drawn from and evaluated. */
export interface Distribution {
  readonly dim: number;
  /** count · dim values, row after row. */
  readonly sample: (count: number, rng: Rng) => Float64Array;
  /** log p of one row, nats. `x` holds many rows; the one meant starts at `at`. */
  readonly logDensity: (x: Float64Array, at: number) => number;
  readonly entropy: Entropy;
  /** Where it is a Gaussian. */
  readonly gaussian?: () => GaussianMoments;
}

/** Entropies that no noise and no quadrature touches. */
export const closedForm = (value: number): Entropy => ({ value, stderr: 0, method: "closed form" });

const columnsOf = (dim: number): readonly string[] =>
  Array.from({ length: dim }, (_, j) => `x${j + 1}`);

/** What is known of independent draws of so many dimensions before they are drawn; throws as `syntheticDataset` does. */
export function syntheticOutline(
  dim: number,
  { size, split }: { readonly size: number; readonly split: readonly number[] },
): Outlined {
  splitCounts(split, size);
  return { shape: [dim], columns: columnsOf(dim) };
}

/**
 * A data set of independent draws: the first ones are train, then validation, then test, so that the rows of a split
 * are a function of seed, size and split only.
 *
 * @throws DataError where the split does not add up or leaves no rows
 */
export function syntheticDataset(
  name: string,
  distribution: Distribution,
  options: { readonly size: number; readonly split: readonly number[] },
  rng: Rng,
): Dataset {
  const { dim, entropy } = distribution;
  const { train, validation } = splitCounts(options.split, options.size);
  const values = distribution.sample(options.size, rng.fork("data"));
  const rows = (from: number, to: number) => makeRows(values.slice(from * dim, to * dim), [dim]);
  const sets = {
    train: rows(0, train),
    validation: rows(train, train + validation),
    test: rows(train + validation, options.size),
  };
  const testIds = Int32Array.from({ length: sets.test.count }, (_, i) => train + validation + i);
  return {
    name,
    shape: [dim],
    columns: columnsOf(dim),
    ...sets,
    testIds,
    entropy,
    ...(distribution.gaussian && { gaussian: distribution.gaussian }),
    logDensity: ({ count, values: x }) =>
      new Float64Array(count).map((_, i) => distribution.logDensity(x, i * dim)),
    likelihood: "exact",
    duplicates: countDuplicates(sets.train, sets.test),
    notes: [],
    digest: digestRows(sets, testIds),
  };
}
