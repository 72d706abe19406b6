import { compiled, stdtr } from "cephes";

await compiled;

/** A test of whether the mean of paired differences is 0. */
export interface PairedTest {
  /** The mean difference. */
  readonly difference: number;
  /** Standard error of the mean difference. */
  readonly stderr: number;
  /** Pairs; those of one cluster count each. */
  readonly pairs: number;
  /** Degrees of freedom: clusters − 1. */
  readonly df: number;
  /** Two-sided. */
  readonly p: number;
  /** The largest cluster's share of the squares that the standard error is made of. */
  readonly largestShare: number;
}

/** P(|T| ≥ |t|) of Student's t with df degrees of freedom. */
export function twoSidedP(t: number, df: number): number {
  if (Number.isNaN(t) || !(df >= 1)) return NaN;
  return Number.isFinite(t) ? Math.min(1, 2 * stdtr(df, -Math.abs(t))) : 0;
}

/**
 * Student's t-test on paired differences d, those of one cluster being dependent (Liang & Zeger 1986, with the factor for few
 * clusters). With N differences in G clusters and their mean d̄,
 *
 *     s.e.² = G / (G − 1) · Σ_g (Σ_{i in g} (d_i − d̄))² / N²        t = d̄ / s.e. with G − 1 degrees of freedom
 *
 * Where each difference is a cluster of its own this is the ordinary paired test, and where all clusters are equally large
 * it is the ordinary test on their means.
 *
 * @param clusters what each difference belongs to; without it, to itself
 * @returns nothing where there are fewer than two clusters or a difference is not finite
 */
export function pairedTTest(
  differences: ArrayLike<number>,
  clusters?: ArrayLike<number>,
): PairedTest | undefined {
  const pairs = differences.length;
  let sum = 0;
  for (let i = 0; i < pairs; i++) sum += differences[i] ?? NaN;
  const difference = sum / pairs;
  const sums = new Map<number, number>();
  for (let i = 0; i < pairs; i++) {
    const cluster = clusters === undefined ? i : (clusters[i] ?? NaN);
    sums.set(cluster, (sums.get(cluster) ?? 0) + ((differences[i] ?? NaN) - difference));
  }
  const df = sums.size - 1;
  if (df < 1 || !Number.isFinite(difference)) return undefined;
  let squares = 0;
  let largest = 0;
  for (const s of sums.values()) {
    squares += s * s;
    largest = Math.max(largest, s * s);
  }
  const stderr = Math.sqrt(((df + 1) / df) * squares) / pairs;
  // Without any difference there is nothing to tell apart, and 0 / 0 says nothing.
  const p = difference === 0 ? 1 : twoSidedP(difference / stderr, df);
  const largestShare = squares > 0 ? largest / squares : 0;
  return { difference, stderr, pairs, df, p, largestShare };
}
