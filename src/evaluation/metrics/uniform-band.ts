import type { Rng } from "../../math/rng.ts";
import { binShares, rankCounts, rankEcdf, uniformRanks, type Ranks } from "./uniform-ranks.ts";

/** Limits of counts at several places, inside of which all counts of uniform ranks are with the stated probability. */
export interface Band {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Share of uniform ranks that are at least as conspicuous somewhere as these are at their worst place. */
  pValue(counts: Int32Array): number;
}

const SIMULATIONS = 1000;
const LEVEL = 0.95;

/** P(B ≤ c) for c = 0, …, trials, B ~ Binomial(trials, p), 0 < p ≤ 1. */
function binomialCdf(trials: number, p: number): Float64Array {
  const cdf = new Float64Array(trials + 1);
  if (p === 1) {
    // A single bin holds all.
    cdf[trials] = 1;
    return cdf;
  }
  // In logarithms, since (1 − p)^trials may underflow.
  let logTerm = trials * Math.log1p(-p);
  let sum = 0;
  for (let c = 0; c <= trials; c++) {
    sum += Math.exp(logTerm);
    cdf[c] = Math.min(1, sum);
    logTerm += Math.log((trials - c) / (c + 1)) + Math.log(p / (1 - p));
  }
  return cdf;
}

/**
 * Simultaneous band for counts that are binomial at each place (Säilynoja, Bürkner & Vehtari 2022, arXiv:2103.10522):
 * pointwise two-sided limits at a level so strict that, of simulated uniform ranks, the share `level` stays inside
 * everywhere.
 *
 * @param probabilities of one rank to be counted at each place
 * @param countsOf what is counted
 */
export function uniformBand(
  rows: number,
  draws: number,
  probabilities: readonly number[],
  countsOf: (ranks: Ranks) => Int32Array,
  rng: Rng,
  level = LEVEL,
): Band {
  const cdfs = probabilities.map((p) => binomialCdf(rows, p));
  /** The smallest two-sided tail probability over the places. */
  const conspicuous = (counts: Int32Array): number =>
    cdfs.reduce((least, cdf, place) => {
      const count = counts[place] ?? 0;
      const below = cdf[count] ?? 1;
      const above = 1 - (cdf[count - 1] ?? 0);
      return Math.min(least, 2 * Math.min(below, above));
    }, 1);
  const simulated = Float64Array.from({ length: SIMULATIONS }, () =>
    conspicuous(countsOf(uniformRanks(rows, draws, rng))),
  ).sort();
  // A count that is just as conspicuous is inside; equal tails differ by the round-off of their sums.
  const tail = (0.5 - 1e-9) * (simulated[Math.floor((1 - level) * SIMULATIONS)] ?? 0);
  return {
    low: Int32Array.from(cdfs, (cdf) => cdf.findIndex((below) => below >= tail)),
    high: Int32Array.from(cdfs, (cdf) =>
      cdf.findLastIndex((_, c) => 1 - (cdf[c - 1] ?? 0) >= tail),
    ),
    pValue(counts) {
      const worst = conspicuous(counts);
      return (
        (1 + simulated.filter((value) => value <= worst * (1 + 1e-9)).length) / (1 + SIMULATIONS)
      );
    },
  };
}

/** The band of a histogram of ranks with so many bins. */
export const histogramBand = (
  rows: number,
  draws: number,
  bins: number,
  rng: Rng,
  level = LEVEL,
): Band =>
  uniformBand(rows, draws, binShares(draws, bins), (ranks) => rankCounts(ranks, bins), rng, level);

/** Numbers of ranks below k + 1, k = 0, …, L − 1. */
export const cumulativeCounts = (ranks: Ranks): Int32Array =>
  Int32Array.from(rankEcdf(ranks), (share) => Math.round(share * ranks.values.length));

/** The band of the ECDF of ranks, in counts. */
export const ecdfBand = (rows: number, draws: number, rng: Rng): Band =>
  uniformBand(
    rows,
    draws,
    Array.from({ length: draws }, (_, k) => (k + 1) / (draws + 1)),
    cumulativeCounts,
    rng,
  );
