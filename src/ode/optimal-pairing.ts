import { assignment } from "../math/assignment.ts";
import { rowSize, selectRows, type Rows } from "../math/rows.ts";
import { drawColumns, sinkhorn } from "../math/sinkhorn.ts";
import { ModelError, type Model } from "../model.ts";

/**
 * Rows up to which the pairing is exact: half a second in the plane, where it takes longest. Above, the iterations for an
 * entropic plan take less time than the assignment.
 */
const EXACT_UP_TO = 2048;
/** ε over the mean squared distance: the paired distances are then a few percent above the least. */
const REGULARISATION = 0.02;

export interface Pairing {
  /** Condition of each row, [C]. */
  readonly context?: Rows | undefined;
  /** On [0, 1), one for each row; needed for inexact pairs only. */
  readonly uniforms?: Float64Array | undefined;
  /** Rows up to which the pairing is exact. */
  readonly exactUpTo?: number;
}

/**
 * Noise in the order in which its rows go with the rows of a batch: the coupling of least mean squared distance between the
 * two (minibatch optimal transport; Tong et al. 2024, arXiv:2302.00482; Pooladian et al. 2023, arXiv:2304.14772). Paths of a
 * flow then cross less. It is a permutation; of very large batches each row draws its noise from an entropic plan instead.
 *
 * Rows with conditions are paired among those with an equal condition. Over the whole batch, as torchcfm does, noise
 * would follow the condition, p(z | c) ≠ N(0, I), and the flow, which starts from N(0, I) for each c, would not end at
 * p(x | c) (Cheng & Schwing 2025, arXiv:2503.10636). A condition that never occurs twice leaves the noise as it is.
 *
 * @param rows B rows of any shape
 * @param noise [B, D], as many numbers as the rows have
 */
export function pairedNoise(
  rows: Rows,
  noise: Float64Array,
  { context, uniforms, exactUpTo = EXACT_UP_TO }: Pairing = {},
): Float64Array {
  if (noise.length !== rows.values.length)
    throw new Error(
      `pairedNoise: expected noise like the rows, ${rows.values.length} numbers, got ${noise.length}.`,
    );
  const table: Rows = { ...rows, values: noise };
  const partner = Int32Array.from({ length: rows.count }, (_, i) => i);
  for (const group of groupsOf(rows.count, context)) {
    const cost = squaredDistances(selectRows(rows, group), selectRows(table, group));
    const chosen =
      group.length <= exactUpTo
        ? assignment(cost, group.length).columns
        : drawn(
            cost,
            group.map((i) => uniforms?.[i] ?? NaN),
          );
    group.forEach((row, at) => {
      partner[row] = group[chosen[at] ?? 0] ?? row;
    });
  }
  return selectRows(table, partner).values;
}

/**
 * A model whose training noise named "noise", [B, D], is paired with the rows of each batch by distance. The uniforms that
 * large batches need are part of the noise, so that a resumed run repeats its pairs.
 */
export function withOptimalPairing(model: Model): Model {
  return {
    ...model,
    noise: {
      ...model.noise,
      partner: { shape: (batch) => [batch > EXACT_UP_TO ? batch : 1], kind: "uniform" },
    },
    prepare(batch, noise, context) {
      const { noise: normal, partner } = noise;
      if (!normal) throw new Error("withOptimalPairing: the model has no noise to pair.");
      return { ...noise, noise: pairedNoise(batch, normal, { context, uniforms: partner }) };
    },
    checkTraining({ batch, context }) {
      if (batch < 2)
        throw new ModelError(
          `pairing=ot: expected batches of at least 2 rows to pair with noise, got ${batch}; ` +
            "raise training.batch, or set family.pairing=independent.",
        );
      if (context && !conditionsRepeat(context))
        throw new ModelError(
          `pairing=ot: each of the ${context.count} training rows has a condition of its own, and only rows of equal ` +
            "condition can be paired; set family.pairing=independent.",
        );
    },
  };
}

/** Numbers of the rows that have the same condition, for each condition that occurs more than once. */
function groupsOf(count: number, context: Rows | undefined): number[][] {
  if (!context) return [Array.from({ length: count }, (_, i) => i)];
  const groups = new Map<string, number[]>();
  for (let i = 0; i < count; i++) {
    const key = conditionKey(context, i);
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

const conditionKey = (context: Rows, row: number): string => {
  const size = rowSize(context);
  return context.values.subarray(row * size, (row + 1) * size).join();
};

/** Whether some condition occurs twice. */
function conditionsRepeat(context: Rows): boolean {
  const seen = new Set<string>();
  for (let i = 0; i < context.count; i++) {
    const key = conditionKey(context, i);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/** For each row the number of its noise, drawn from the entropic plan. */
function drawn(cost: Float64Array, uniforms: readonly number[]): Int32Array {
  const n = uniforms.length;
  if (uniforms.some(Number.isNaN))
    throw new Error(
      `pairedNoise: expected a uniform for each of ${n} rows, whose partners are drawn.`,
    );
  const mean = cost.reduce((sum, value) => sum + value, 0) / cost.length;
  const { plan } = sinkhorn(cost, n, { regularisation: REGULARISATION * mean });
  return drawColumns(plan, n, uniforms);
}

/** Rows of z that are taken at once: sums that do not wait for each other, twice as fast as one after the other. */
const BLOCK = 4;

/** ‖x_i − z_j‖² = ‖x_i‖² + ‖z_j‖² − 2 x_i · z_j of flat rows, [n, n]. */
function squaredDistances(x: Rows, z: Rows): Float64Array {
  const [n, size] = [x.count, rowSize(x)];
  const [xs, zs] = [squaredNorms(x), squaredNorms(z)];
  // Filled up with rows of zeros to whole blocks.
  const other = new Float64Array(Math.ceil(n / BLOCK) * BLOCK * size);
  other.set(z.values);
  const distances = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j += BLOCK) {
      let [a, b, c, e] = [0, 0, 0, 0];
      let at = j * size;
      for (let d = i * size; d < (i + 1) * size; d++, at++) {
        const value = x.values[d] as number;
        a += value * (other[at] as number);
        b += value * (other[at + size] as number);
        c += value * (other[at + 2 * size] as number);
        e += value * (other[at + 3 * size] as number);
      }
      const products = [a, b, c, e];
      for (let k = j; k < Math.min(j + BLOCK, n); k++)
        distances[i * n + k] =
          (xs[i] as number) + (zs[k] as number) - 2 * (products[k - j] as number);
    }
  return distances;
}

function squaredNorms({ count, values, ...rows }: Rows): Float64Array {
  const size = rowSize(rows);
  return Float64Array.from({ length: count }, (_, i) =>
    values.subarray(i * size, (i + 1) * size).reduce((sum, v) => sum + v * v, 0),
  );
}
