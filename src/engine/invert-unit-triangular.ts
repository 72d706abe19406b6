import { tf, type Tensor, type Tensor2D } from "./tf.ts";

export type Side = "lower" | "upper";

/**
 * Inverse of the unit triangular matrix whose strict triangle is that of `matrix` [D, D]; the diagonal and the other
 * side are not read, and get no gradient.
 *
 * By blocks that double in size, all of one size at once: with X the inverse of the blocks on the diagonal and B the
 * blocks beside them, X ← X − X B X. That is ⌈log₂ D⌉ rounds of two products, where a substitution would take D steps.
 * Stable as the inversion of triangular matrices by blocks is (Higham 2002, Accuracy and Stability, section 14.2).
 * Gradient: −Xᵀ G Xᵀ on the triangle that is read.
 */
export function invertUnitTriangular(matrix: Tensor, side: Side): Tensor {
  const [dim = 0, columns = 0] = matrix.shape;
  if (matrix.rank !== 2 || dim !== columns)
    throw new Error(
      `invertUnitTriangular: expected a square matrix, got [${matrix.shape.join(", ")}].`,
    );
  const inverse = tf.customGrad((m, save) => {
    const x = byDoubling(m as Tensor2D, dim, side);
    (save as (tensors: Tensor[]) => void)([x]);
    const gradient = (dx: Tensor, [saved]: Tensor[]): Tensor => {
      const xt = tf.transpose(saved as Tensor);
      return tf.mul(tf.neg(tf.matMul(tf.matMul(xt, dx), xt)), strictTriangle(dim, side));
    };
    return { value: x, gradFunc: gradient };
  });
  return inverse(matrix);
}

/** 1 in the strict triangle of that side, 0 elsewhere, [dim, dim]. */
export const strictTriangle = (dim: number, side: Side): Tensor2D =>
  mask(dim, (i, j) => (side === "lower" ? i > j : i < j));

/** The identity [dim, dim]; `tf.eye` takes several operations. */
export const identityMatrix = (dim: number): Tensor2D => mask(dim, (i, j) => i === j);

const mask = (dim: number, keep: (i: number, j: number) => boolean): Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: dim * dim }, (_, k) => +keep(Math.floor(k / dim), k % dim)),
    [dim, dim],
  );

function byDoubling(matrix: Tensor2D, dim: number, side: Side): Tensor2D {
  let x = identityMatrix(dim);
  for (let level = 0; 2 ** level < dim; level++) {
    const half = (i: number): number => (i >> level) & 1;
    const beside = tf.mul<Tensor2D>(
      matrix,
      mask(dim, (i, j) => {
        const [row, column] = side === "lower" ? [i, j] : [j, i];
        return (
          row >> (level + 1) === column >> (level + 1) && half(row) === 1 && half(column) === 0
        );
      }),
    );
    x = tf.sub(x, level === 0 ? beside : tf.matMul(tf.matMul(x, beside), x));
  }
  return x;
}
