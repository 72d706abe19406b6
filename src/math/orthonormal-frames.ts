import type { Rng } from "./rng.ts";

/** Rounds of orthogonalisation: after two, columns are orthogonal to round-off ("twice is enough", Giraud et al. 2005). */
const ROUNDS = 2;

/**
 * `count` frames of K orthonormal columns in D dimensions, each the first K columns of a Haar-random orthonormal matrix
 * times `scale`; row-major [count, D, K].
 *
 * Gram–Schmidt on a Gaussian matrix [D, K] is its QR decomposition with a positive diagonal of R, whose Q is Haar
 * (Mezzadri 2007, arXiv:math-ph/0609050). It costs D K² where a rotation costs D³; one column is a normalised Gaussian.
 */
export function orthonormalFrames(
  count: number,
  [dim, columns]: readonly [dim: number, columns: number],
  scale: number,
  rng: Rng,
): Float64Array {
  const values = rng.normals(count * dim * columns);
  for (let frame = 0; frame < count; frame++)
    orthonormalise(values.subarray(frame * dim * columns, (frame + 1) * dim * columns), columns);
  return values.map((value) => scale * value);
}

/** Makes the columns of a row-major matrix [D, columns] orthonormal, from the first to the last. */
function orthonormalise(matrix: Float64Array, columns: number): void {
  const product = (a: number, b: number): number => {
    let sum = 0;
    for (let at = 0; at < matrix.length; at += columns)
      sum += (matrix[at + a] ?? 0) * (matrix[at + b] ?? 0);
    return sum;
  };
  for (let column = 0; column < columns; column++) {
    for (let round = 0; round < ROUNDS; round++)
      for (let before = 0; before < column; before++) {
        const share = product(before, column);
        for (let at = 0; at < matrix.length; at += columns)
          matrix[at + column] = (matrix[at + column] ?? 0) - share * (matrix[at + before] ?? 0);
      }
    const length = Math.sqrt(product(column, column));
    for (let at = column; at < matrix.length; at += columns)
      matrix[at] = (matrix[at] ?? 0) / length;
  }
}
