import { offTape, pullBack, tf, whileLoop, type Tensor } from "../engine/index.ts";
import { columnsOf, type MaskedNetwork } from "../nn/masked-network.ts";
import type { Transformer } from "./transformer.ts";

/**
 * The map y_j = T(x_j; h_j(x_{<j})) of rows [N, D], h the conditioner: its Jacobian J is lower triangular with a positive
 * diagonal.
 */
export interface TriangularMap {
  readonly conditioner: MaskedNetwork;
  readonly transformer: Transformer;
}

/**
 * x with y = T(x; h(x)), by substitution: D passes in one loop, exact after them. Its gradient is that of the implicit
 * function theorem: with the residual r = T(x*; h(x*)) − y on the tape and J at x*,
 *
 *     dx = −J⁻¹ dr,   so the cotangent of r is −J⁻ᵀ times that of x,
 *
 * and y, the parameters and a context get theirs from the tape through r. J⁻ᵀ comes by substitution again, with D reverse
 * passes. First derivatives only: a tape around the gradient meets the loop of the second substitution, which throws.
 *
 * @param given what the conditioner read; gradient functions run when the store is no longer bound
 */
export function invertTriangular(map: TriangularMap, y: Tensor, given: readonly Tensor[]): Tensor {
  const { conditioner, transformer } = map;
  const solution = offTape(() => {
    // Entries whose turn has not come stay at zero: what T⁻¹ says of them may be anything, also infinite.
    const { solved } = whileLoop(
      ({ entry }) => tf.less(entry, y.shape[1] ?? 0),
      ({ solved: known, entry }) => {
        const raw = conditioner.apply(known, given, entry);
        const one = transformer.inverse(columnAt(y, entry), raw).x;
        return { solved: withColumn(known, one, entry), entry: tf.add(entry, 1) };
      },
      { solved: tf.zerosLike(y), entry: tf.scalar(0) },
    );
    return solved;
  });
  const implicit = tf.customGrad((_residual, save) => {
    (save as (tensors: Tensor[]) => void)([solution, ...given]);
    return {
      value: tf.clone(solution),
      gradFunc: (cotangent: Tensor, saved: Tensor[]): Tensor => {
        const [x, ...rest] = saved as [Tensor, ...Tensor[]];
        return tf.neg(solveTransposed(map, x, cotangent, rest));
      },
    };
  });
  return implicit(tf.sub(transformer.forward(solution, conditioner.apply(solution, given)).y, y));
}

/**
 * u with Jᵀ u = v: u_j = (v_j − Σ_{i>j} u_i ∂y_i/∂x_j) / T′(x_j), from the last entry to the first. In the sum stand the
 * conditioner's parameters only: once u_i is known, its share is a reverse pass through the columns of entry i, with the
 * transformer's derivatives ∂y_i/∂h_i computed once for all.
 */
function solveTransposed(
  { conditioner, transformer }: TriangularMap,
  x: Tensor,
  v: Tensor,
  given: readonly Tensor[],
): Tensor {
  const raw = conditioner.apply(x, given);
  const slope = tf.exp(transformer.forward(x, raw).logSlope);
  const entries = x.shape[1] ?? 0;
  // A single entry has none before it.
  if (entries === 1) return tf.div(v, slope);
  const [perParameter] = pullBack(
    (parameters) => transformer.forward(x, parameters).y,
    [raw],
    tf.onesLike(x),
  ) as [Tensor];
  const { solved } = whileLoop(
    ({ entry }) => tf.greaterEqual(entry, 0),
    ({ solved: known, rest, entry }) => {
      const one = columnAt(tf.div(rest, slope), entry);
      const columns = columnsOf({ entries, blocks: transformer.blocks }, entry);
      const pull = tf.grad((point: Tensor) => conditioner.apply(point, given, entry));
      return {
        solved: withColumn(known, one, entry),
        rest: tf.sub(rest, pull(x, tf.mul(tf.gather(perParameter, columns, 1), one))),
        entry: tf.sub(entry, 1),
      };
    },
    { solved: tf.zerosLike(v), rest: v, entry: tf.scalar(entries - 1) },
  );
  return solved;
}

/** Column `entry` (a scalar) of rows [N, D], as [N, 1]. */
const columnAt = (rows: Tensor, entry: Tensor): Tensor =>
  tf.gather(rows, tf.reshape(tf.cast(entry, "int32"), [1]), 1);

/** The rows [N, D] with another column `entry`. */
const withColumn = (rows: Tensor, column: Tensor, entry: Tensor): Tensor =>
  tf.where(tf.equal(tf.range(0, rows.shape[1] ?? 0), entry), column, rows);
