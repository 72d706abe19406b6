import {
  identityMatrix,
  invertUnitTriangular,
  strictTriangle,
  tf,
  type Store,
  type Tensor,
} from "../engine/index.ts";
import { haarRotation } from "../math/haar-rotation.ts";
import { lu } from "../math/lu.ts";
import { permutationMatrix } from "../math/permutation-matrix.ts";
import type { Rng } from "../math/rng.ts";
import type { LinearMap } from "./linear-map.ts";

/**
 * Learned linear map W = P L U of Glow's 1×1 convolution (Kingma & Dhariwal 2018, arXiv:1807.03039), which starts at a
 * Haar-random rotation. P and the signs s of U's diagonal are fixed; a single variable [D, D] holds the rest:
 *
 *     strict lower triangle   of L, whose diagonal is 1
 *     diagonal d              ln|u_ii|, so that W is never singular        ln|det W| = Σ_i d_i
 *     strict upper triangle   of N, with U = diag(s · exp(d)) (I + N)
 *
 * Departure from the paper: N is divided by U's diagonal, so that both factors that an inverse needs are unit
 * triangular. The inverse is as exact and as differentiable as the matrix.
 */
export function luMap(dim: number, store: Store, rng: Rng): Required<LinearMap> {
  const start = factorise(haarRotation(dim, rng), dim);
  const factors = store.variable("factors", [dim, dim], start.factors);
  const permutation = store.constant("permutation", [dim, dim], start.permutation);
  const signs = store.constant("signs", [dim, 1], start.signs);

  const diagonal = (): Tensor => tf.sum(tf.mul(factors.read(), identityMatrix(dim)), 1, true);
  const unit = (side: "lower" | "upper"): Tensor =>
    tf.add(tf.mul(factors.read(), strictTriangle(dim, side)), identityMatrix(dim));
  return {
    matrix() {
      const upper = tf.mul(unit("upper"), tf.mul(tf.exp(diagonal()), signs.read()));
      return tf.matMul(permutation.read(), tf.matMul(unit("lower"), upper));
    },
    inverse() {
      const lower = invertUnitTriangular(factors.read(), "lower");
      const upper = invertUnitTriangular(factors.read(), "upper");
      const scaled = tf.mul(
        tf.matMul(lower, permutation.read(), false, true),
        tf.mul(tf.exp(tf.neg(diagonal())), signs.read()),
      );
      return tf.matMul(upper, scaled);
    },
    logDet: () => tf.sum(diagonal()),
  };
}

/** The start values of the slots for a given W. */
function factorise(
  matrix: Float64Array,
  dim: number,
): { factors: Float64Array; permutation: Float64Array; signs: Float64Array } {
  const { order, lower, upper } = lu(matrix, dim);
  const pivot = (i: number): number => upper[i * dim + i] ?? 1;
  const factors = lower.map((below, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim];
    if (i > j) return below;
    return i === j ? Math.log(Math.abs(pivot(i))) : (upper[k] ?? 0) / pivot(i);
  });
  // Row i of L U is row order[i] of W: W = Pᵀ L U with the P of permutationMatrix.
  const gather = permutationMatrix(order);
  return {
    factors,
    permutation: gather.map((_, k) => gather[(k % dim) * dim + Math.floor(k / dim)] ?? 0),
    signs: Float64Array.from({ length: dim }, (_, i) => Math.sign(pivot(i))),
  };
}
