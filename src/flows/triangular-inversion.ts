import { offTape, tf, whileLoop, type Tensor } from "../engine/index.ts";

/**
 * A map of rows whose entry j of y depends on the entries up to j of x, increasing in x_j: its Jacobian is lower
 * triangular with a positive diagonal. `given` holds all else that it depends on, so that gradient functions, which run
 * when the store is no longer bound, can call it.
 */
export interface TriangularMap {
  /** x [N, D] → y [N, D] and ln ∂y_j/∂x_j [N, D]. */
  forward(x: Tensor, given: readonly Tensor[]): { y: Tensor; logSlope: Tensor };
  /** The entries x_j that give y_j, each for the entries before j of `before` [N, D]. */
  inverse(y: Tensor, before: Tensor, given: readonly Tensor[]): Tensor;
}

/**
 * x with forward(x) = y, by substitution: D passes in one loop, exact after them. Its gradient is that of the implicit
 * function theorem: with the residual r = f(x*; θ) − y on the tape and J = ∂f/∂x at x*,
 *
 *     dx = −J⁻¹ dr,   so the cotangent of r is −J⁻ᵀ times that of x,
 *
 * and y, θ and a context get theirs from the tape through r. J⁻ᵀ comes by substitution again, with D reverse passes.
 * First derivatives only: a tape around the gradient meets the loop of the second substitution, which throws.
 */
export function invertTriangular(map: TriangularMap, y: Tensor, given: readonly Tensor[]): Tensor {
  const solution = offTape(() => substitute(y, "ascending", (x) => map.inverse(y, x, given)));
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
  return implicit(tf.sub(map.forward(solution, given).y, y));
}

/** u with Jᵀ u = v: u_j = (v_j − Σ_{i>j} J_ij u_i) / J_jj, the sum being entry j of Jᵀ applied to what is known. */
function solveTransposed(
  map: TriangularMap,
  x: Tensor,
  v: Tensor,
  given: readonly Tensor[],
): Tensor {
  const slope = tf.exp(map.forward(x, given).logSlope);
  const pull = tf.grad((point: Tensor) => map.forward(point, given).y);
  return substitute(v, "descending", (u) => tf.div(tf.sub(v, pull(x, u)), slope));
}

/**
 * Entry by entry, each from the ones before it in this order: `next` gives all entries, of which one is taken. The
 * others stay at zero until it is their turn: what `next` says of them may be anything, also infinite.
 */
function substitute(
  like: Tensor,
  order: "ascending" | "descending",
  next: (known: Tensor) => Tensor,
): Tensor {
  const dim = like.shape[1] ?? 0;
  const columns = order === "ascending" ? tf.range(0, dim) : tf.range(dim - 1, -1, -1);
  const { known } = whileLoop(
    ({ turn }) => tf.less(turn, dim),
    ({ known: before, turn }) => ({
      known: tf.where(tf.equal(columns, turn), next(before), before),
      turn: tf.add(turn, 1),
    }),
    { known: tf.zerosLike(like), turn: tf.scalar(0) },
  );
  return known;
}
