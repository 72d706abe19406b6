import type { Rng } from "../../math/rng.ts";

/**
 * Ranks of true values among L draws. If truth and draws come from one distribution, a rank is uniform on 0, …, L:
 * what follows is about how far ranks are from that.
 */
export interface Ranks {
  readonly values: Int32Array;
  /** L. */
  readonly draws: number;
}

/** Share of the ranks below k + 1, for k = 0, …, L − 1; uniform ranks have (k + 1)/(L + 1). */
export function rankEcdf({ values, draws }: Ranks): Float64Array {
  const shares = new Float64Array(draws);
  for (const rank of values)
    if (rank < draws) shares[rank] = (shares[rank] ?? 0) + 1 / values.length;
  for (let k = 1; k < draws; k++) shares[k] = (shares[k] ?? 0) + (shares[k - 1] ?? 0);
  return shares;
}

/** What the ECDF of uniform ranks tends to at place k. */
export const expectedShare = (k: number, draws: number): number => (k + 1) / (draws + 1);

/** Differences of the ECDF to the uniform one, [L]. */
export const rankDeviations = (ranks: Ranks): Float64Array =>
  rankEcdf(ranks).map((share, k) => share - expectedShare(k, ranks.draws));

/** Largest deviation of the ECDF, either way. */
export const largestDeviation = (ranks: Ranks): number =>
  rankDeviations(ranks).reduce((most, deviation) => Math.max(most, Math.abs(deviation)), 0);

/** Mean absolute deviation of the ECDF. */
export const meanDeviation = (ranks: Ranks): number =>
  rankDeviations(ranks).reduce((sum, deviation) => sum + Math.abs(deviation), 0) / ranks.draws;

/** The numbers of ranks in so many bins, of equal width where their number divides L + 1, else to one rank. */
export function rankCounts({ values, draws }: Ranks, bins: number): Int32Array {
  const counts = new Int32Array(bins);
  for (const rank of values) {
    const bin = Math.floor((rank * bins) / (draws + 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Share of uniform ranks in each of these bins. */
export function binShares(draws: number, bins: number): readonly number[] {
  const each = { draws, values: Int32Array.from({ length: draws + 1 }, (_, rank) => rank) };
  return Array.from(rankCounts(each, bins), (count) => count / (draws + 1));
}

/** Ranks of a calibrated model. */
export const uniformRanks = (count: number, draws: number, rng: Rng): Ranks => ({
  values: rng.integers(count, draws + 1),
  draws,
});

/** Standard deviation of a statistic over resamples of the rows, drawn with replacement (the bootstrap). */
export function bootstrapError(
  rows: number,
  statistic: (rows: Int32Array) => number,
  rng: Rng,
  resamples = 200,
): number {
  const values = Array.from({ length: resamples }, () => statistic(rng.integers(rows, rows)));
  const centre = values.reduce((sum, value) => sum + value, 0) / resamples;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (resamples - 1));
}
