import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";

/**
 * A network whose output for entry j of a row depends on the entries before j (and on the context) only: MADE (Germain,
 * Gregor, Murray & Larochelle 2015, arXiv:1502.03509).
 *
 * It comes in two steps, since a loop evaluates it many times and a gradient function runs when the store is no longer
 * bound: what it reads of the store and of the call, with the masks applied, and a function of that and of the rows.
 */
export interface MaskedNetwork {
  /** Tensors for `apply`, for a call with this many rows. Recordable. */
  read(call: Call, rows: number): readonly Tensor[];
  /**
   * x [N, D] → [N, D · Σ blocks], the columns as src/flows/transformer.ts says. Recordable; reads no slot.
   *
   * @param entry a scalar: gives the columns of this entry only, [N, Σ blocks], for the price of its own
   */
  apply(x: Tensor, read: readonly Tensor[], entry?: Tensor): Tensor;
}

/** What every builder of a masked network needs to know. */
export interface MaskedShape {
  /** D, entries of a row. */
  readonly entries: number;
  /** Columns per entry, block by block: [d·K₀ | d·K₁ | …]. */
  readonly blocks: readonly number[];
  /** Columns of the context; 0 without one. */
  readonly contextSize: number;
}

type Columns = Pick<MaskedShape, "entries" | "blocks">;

/**
 * Degrees, after MADE: a unit of degree m may depend on the first m entries of a row, on all of the context, and so on
 * every unit of a degree up to m.
 */
export const inputDegrees = ({ entries }: MaskedShape): readonly number[] =>
  Array.from({ length: entries }, (_, i) => i + 1);

/** Entry j may depend on the j entries before it: degree j, counted from 0, for each of its columns. */
export const outputDegrees = ({ entries, blocks }: Columns): readonly number[] =>
  blocks.flatMap((size) =>
    Array.from({ length: entries * size }, (_, column) => Math.floor(column / size)),
  );

/** Where the columns of an entry (a scalar) stand, int32 [Σ blocks]: block b starts at d · (K₀ + … + K_{b−1}). */
export function columnsOf({ entries, blocks }: Columns, entry: Tensor): Tensor {
  const starts = blocks.flatMap((size, b) => {
    const before = blocks.slice(0, b).reduce((sum, other) => sum + other, 0);
    return Array.from({ length: size }, (_, k) => entries * before + k);
  });
  const strides = blocks.flatMap((size) => Array.from({ length: size }, () => size));
  const [start, stride] = [tf.tensor1d(starts, "int32"), tf.tensor1d(strides, "int32")];
  return tf.add(start, tf.mul(stride, tf.cast(entry, "int32")));
}

/**
 * Degrees of a hidden layer, as even as they come: 1 … D − 1, and 0 as well where there is a context, which the first
 * entry would not see otherwise. A layer with fewer units than degrees has the smallest, the largest and some between;
 * a single unit has the largest.
 */
export function hiddenDegrees(
  width: number,
  { entries, contextSize }: MaskedShape,
): readonly number[] {
  const smallest = contextSize > 0 ? 0 : 1;
  const steps = entries - 1 - smallest;
  const place = (unit: number): number => {
    if (width > steps) return unit % (steps + 1);
    return width === 1 ? steps : Math.round((unit * steps) / (width - 1));
  };
  return Array.from({ length: width }, (_, unit) => smallest + place(unit));
}
