import { symmetricEigenvalues } from "./symmetric-eigenvalues.ts";

/** Steps, or the dimension where it is smaller. */
const STEPS = 24;

/**
 * Largest eigenvalue of a symmetric matrix, row-major [dim, dim], by Lanczos's iteration with full orthogonalisation: exact for up to 24
 * dimensions, above from below, to some 1e-3 of the spectrum's width or better. For thousands of matrices, where all eigenvalues
 * would cost too much.
 */
export function largestEigenvalue(matrix: Float64Array, dim: number): number {
  const basis: Float64Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  // Any start that no eigenvector is likely to be orthogonal to.
  let next: Float64Array | undefined = normalised(
    Float64Array.from({ length: dim }, (_, i) => 1 + Math.cos(i * i) / 2),
  );
  while (next && basis.length < Math.min(STEPS, dim)) {
    const v = next;
    basis.push(v);
    const w = times(matrix, v, dim);
    diagonal.push(dot(w, v));
    // Twice is enough.
    for (let round = 0; round < 2; round++)
      for (const b of basis) {
        const share = dot(w, b);
        for (let i = 0; i < dim; i++) w[i] = (w[i] as number) - share * (b[i] as number);
      }
    const length = Math.sqrt(dot(w, w));
    beside.push(length);
    // What is left is round-off: the space is invariant.
    next = length > 1e-13 * Math.abs(diagonal[0] ?? 1) ? normalised(w) : undefined;
  }
  const size = basis.length;
  const tridiagonal = Float64Array.from({ length: size * size }, (_, k) => {
    const [i, j] = [Math.floor(k / size), k % size];
    return i === j ? (diagonal[i] ?? 0) : Math.abs(i - j) === 1 ? (beside[Math.min(i, j)] ?? 0) : 0;
  });
  return symmetricEigenvalues(tridiagonal, size).at(-1) ?? NaN;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function normalised(v: Float64Array): Float64Array {
  const length = Math.sqrt(dot(v, v));
  return v.map((entry) => entry / length);
}

function times(matrix: Float64Array, v: Float64Array, dim: number): Float64Array {
  const product = new Float64Array(dim);
  for (let i = 0, at = 0; i < dim; i++) {
    let sum = 0;
    for (let j = 0; j < dim; j++, at++) sum += (matrix[at] as number) * (v[j] as number);
    product[i] = sum;
  }
  return product;
}
