import { makeRows, type Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import type { Dataset, Entropy, Outlined } from "./dataset.ts";
import { digestRows } from "./digest.ts";
import { countDuplicates } from "./duplicates.ts";
import { splitCounts } from "./fractions.ts";

/** A prior p(θ) and a stochastic simulator p(x|θ) whose posterior p(θ|x) is known. All densities in nats. */
export interface Simulator {
  /** Parameters θ of one row, and numbers x that it gives. */
  readonly parameters: number;
  readonly outputs: number;
  /** θ [count, parameters], row-major. */
  readonly samplePrior: (count: number, rng: Rng) => Float64Array;
  /** x [count, outputs] for θ [count, parameters]. */
  readonly simulate: (theta: Float64Array, count: number, rng: Rng) => Float64Array;
  /** Of one row, which starts at `at`. */
  readonly logPrior: (theta: Float64Array, at: number) => number;
  readonly priorEntropy: Entropy;
  /** log p(θ|x) of rows [count, parameters] given rows [count, outputs], normalised. */
  readonly logPosterior: (theta: Float64Array, x: Float64Array, count: number) => Float64Array;
}

const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, j) => `${letter}${j + 1}`);

/** What is known of so many parameters and outputs before they are drawn; throws as `simulatorDataset` does. */
export function simulatorOutline(
  { parameters, outputs }: Pick<Simulator, "parameters" | "outputs">,
  { size, split }: { readonly size: number; readonly split: readonly number[] },
): Outlined {
  splitCounts(split, size);
  return {
    shape: [parameters],
    columns: numbered("theta", parameters),
    attributes: numbered("x", outputs),
  };
}

/**
 * Draws (θ, x) of a simulator. Rows are θ, and x stands beside them as attributes x1, x2, …: with
 * `data.condition: [x1, x2]` a flow learns the posterior p(θ|x), without a condition the prior.
 *
 * @throws DataError where the split does not add up or leaves no rows
 */
export function simulatorDataset(
  name: string,
  simulator: Simulator,
  { size, split }: { readonly size: number; readonly split: readonly number[] },
  rng: Rng,
): Dataset {
  const { parameters, outputs, logPrior } = simulator;
  const counts = splitCounts(split, size);
  const theta = simulator.samplePrior(size, rng.fork("prior"));
  const x = simulator.simulate(theta, size, rng.fork("simulator"));
  const held = counts.train + counts.validation;
  const parts = (
    values: Float64Array,
    width: number,
  ): Record<"train" | "validation" | "test", Rows> => {
    const rows = (from: number, to: number): Rows =>
      makeRows(values.slice(from * width, to * width), [width]);
    return {
      train: rows(0, counts.train),
      validation: rows(counts.train, held),
      test: rows(held, size),
    };
  };
  const sets = parts(theta, parameters);
  const attributes = parts(x, outputs);
  const testIds = Int32Array.from({ length: sets.test.count }, (_, i) => held + i);
  return {
    name,
    shape: [parameters],
    columns: numbered("theta", parameters),
    ...sets,
    testIds,
    entropy: simulator.priorEntropy,
    logDensity: ({ count, values }) =>
      new Float64Array(count).map((_, i) => logPrior(values, i * parameters)),
    attributes: { of: numbered("x", outputs).map((label) => ({ name: label })), ...attributes },
    conditionalLogDensity: (rows, given) =>
      simulator.logPosterior(rows.values, given.values, rows.count),
    likelihood: "exact",
    duplicates: countDuplicates(sets.train, sets.test),
    notes: [],
    digest: digestRows(
      {
        ...sets,
        "train x": attributes.train,
        "validation x": attributes.validation,
        "test x": attributes.test,
      },
      testIds,
    ),
  };
}
