/** Seeded generator; counter-based, so that any stream can be entered at any point. All draws are in float64. */
export interface Rng {
  /** An independent stream for one purpose: same parent and label, same stream. Does not advance this generator. */
  fork(label: string | number): Rng;
  /** n draws from U[0, 1), 53 bits each. */
  uniforms(n: number): Float64Array;
  /** n draws from N(0, 1). */
  normals(n: number): Float64Array;
  /** n integers in 0..below−1, without modulo bias. */
  integers(n: number, below: number): Int32Array;
  /** A random order of 0..n−1 (Fisher–Yates). */
  permutation(n: number): Int32Array;
}
