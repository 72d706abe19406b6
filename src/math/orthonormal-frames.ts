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
  const size = dim * columns;
  const values = rng.fastNormals(count * size);
  for (let start = 0; start < values.length; start += size)
    for (let column = 0; column < columns; column++)
      orthonormalise(values, start + column, { start, end: start + size, columns });
  for (let i = 0; i < values.length; i++) values[i] = scale * (values[i] as number);
  return values;
}

/** Where a matrix [D, columns] lies in the values. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly columns: number;
}

/** Makes the column that begins here of length 1 and orthogonal to those before it, in place: training waits for it. */
function orthonormalise(values: Float64Array, column: number, place: Place): void {
  const { start, end, columns } = place;
  for (let round = 0; round < ROUNDS; round++)
    for (let before = start; before < column; before++) {
      const share = product(values, before, column, place);
      for (let at = column, of = before; at < end; at += columns, of += columns)
        values[at] = (values[at] as number) - share * (values[of] as number);
    }
  const length = Math.sqrt(product(values, column, column, place));
  for (let at = column; at < end; at += columns) values[at] = (values[at] as number) / length;
}

/** Scalar product of the columns that begin at a and b. */
function product(values: Float64Array, a: number, b: number, { end, columns }: Place): number {
  let sum = 0;
  for (let i = a, j = b; i < end && j < end; i += columns, j += columns)
    sum += (values[i] as number) * (values[j] as number);
  return sum;
}
