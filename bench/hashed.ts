/** Rows, probes and weights from a hash of their numbers: bench/peers/hashed.py makes the very same ones. */
import type { Size } from "./task.ts";

/** The velocity field sees sin(k π t) and cos(k π t), k = 1..FREQUENCIES. */
export const FREQUENCIES = 4;
const CORRELATION = 0.8;

/** Float64 in (0, 1): the hash "lowbias32" of C. Wellons (2018) of a running number. */
function uniforms(stream: number, count: number): Float64Array {
  const start = Math.imul(stream, 0x9e3779b9);
  return Float64Array.from({ length: count }, (_, i) => {
    let k = (start + i) | 0;
    k ^= k >>> 16;
    k = Math.imul(k, 0x7feb352d);
    k ^= k >>> 15;
    k = Math.imul(k, 0x846ca68b);
    k ^= k >>> 16;
    return ((k >>> 0) + 0.5) / 2 ** 32;
  });
}

/** [batch, dim]: the stationary series x_0 = e_0, x_j = 0.8 x_{j−1} + 0.6 e_j. */
export function hashedRows({ batch, dim }: Size): Float64Array {
  const [radii, angles] = [uniforms(101, batch * dim), uniforms(102, batch * dim)];
  const rows = radii.map(
    (u, i) => Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * (angles[i] ?? 0)),
  );
  for (let i = 0; i < rows.length; i++)
    if (i % dim > 0)
      rows[i] = CORRELATION * (rows[i - 1] ?? 0) + Math.sqrt(1 - CORRELATION ** 2) * (rows[i] ?? 0);
  return rows;
}

/** Hutchinson's, one a row: −1 or 1, [batch, dim]. */
export const hashedProbes = ({ batch, dim }: Size): Float64Array =>
  uniforms(103, batch * dim).map((u) => (u < 0.5 ? -1 : 1));

/** One linear layer: its matrix [inputs, outputs] and bias [outputs]. */
export interface HashedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly matrix: Float64Array;
  readonly bias: Float64Array;
}

/**
 * The layers of a velocity field; inputs are the row, then the sines of the time, then its cosines. Entries of a matrix are
 * uniform with variance gain² / inputs, those of a bias uniform on (−1/2, 1/2). With the gains of the first and last
 * layer dopri5 takes about as many steps as through a trained flow: see bench/peers/README.md.
 */
export function hashedLayers({ dim, layers, hidden }: Size): readonly HashedLayer[] {
  const [first, last] = dim <= 8 ? [Math.SQRT2, 1] : [3, 0.5];
  const widths = [dim + 2 * FREQUENCIES, ...Array.from({ length: layers }, () => hidden), dim];
  return Array.from({ length: layers + 1 }, (_, i) => {
    const [inputs = 0, outputs = 0] = widths.slice(i, i + 2);
    const gain = i === 0 ? first : i === layers ? last : Math.SQRT2;
    const bound = gain * Math.sqrt(3 / inputs);
    return {
      ...{ inputs, outputs },
      matrix: uniforms(2 * i + 1, inputs * outputs).map((u) => bound * (2 * u - 1)),
      bias: uniforms(2 * i + 2, outputs).map((u) => u - 0.5),
    };
  });
}
