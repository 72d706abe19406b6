import { rowSize, type Rows } from "../../math/rows.ts";
import { mean } from "../../math/statistics.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";
import { rankHistograms } from "./rank-histograms.ts";
import { cumulativeCounts, ecdfBand } from "./uniform-band.ts";
import { bootstrapError, largestDeviation, uniformRanks, type Ranks } from "./uniform-ranks.ts";

/** Simulations of a calibrated model, for the floor: so many, or fewer where rows have many entries. */
const CALIBRATED = 500;
const SIMULATED_ENTRIES = 10_000;

/**
 * For each entry of a row the rank of its true value among the L draws for its condition: how many of them are smaller.
 *
 * @param truth [M, D]
 * @param draws [M · L, D], L for each row of the truth
 */
export function posteriorRanks(truth: Rows, draws: Rows, perContext: number): readonly Ranks[] {
  const size = rowSize(truth);
  return Array.from({ length: size }, (_, j) => ({
    draws: perContext,
    values: Int32Array.from({ length: truth.count }, (__, i) => {
      const value = truth.values[i * size + j] ?? NaN;
      let smaller = 0;
      for (let l = 0; l < perContext; l++)
        if ((draws.values[(i * perContext + l) * size + j] ?? NaN) < value) smaller++;
      return smaller;
    }),
  }));
}

const worst = (all: readonly Ranks[]): number => Math.max(...all.map(largestDeviation));

const selected = (all: readonly Ranks[], rows: Int32Array): readonly Ranks[] =>
  all.map(({ values, draws }) => ({ draws, values: rows.map((row) => values[row] ?? 0) }));

/**
 * Simulation-based calibration: the largest deviation of the ranks' ECDF from the uniform one, over all entries of a row.
 * The standard error is the bootstrap's over conditions. The floor is what a calibrated model gets on average with as
 * many conditions, its entries taken as independent. Beside it, for each entry, its deviation and the p-value of its
 * ECDF by a simultaneous band, and for all the smallest p-value times the number of entries (Bonferroni).
 */
export const sbc = defineMetric({
  name: "sbc",
  summary: "simulation-based calibration: largest deviation of the rank ECDF from uniform",
  paper:
    "Talts et al. (2018), arXiv:1804.06788; bands of Säilynoja et al. (2022), arXiv:2103.10522",
  needs: "condition",
  async compute({ posterior, columns, rng }) {
    const { truth, draws, perContext, nonfinite } = await posterior();
    const provenance = { kind: "samples", draws: draws.count } as const;
    const about = { n: truth.count, nonfinite, unit: "1", provenance } as const;
    if (nonfinite > 0) return { metrics: { sbc: measure(NaN, NaN, about) } };
    const ranks = posteriorRanks(truth, draws, perContext);
    const band = ecdfBand(truth.count, perContext, rng.fork("band"));
    const parameters = ranks.map((own, j) => ({
      name: columns[j] ?? `x${j + 1}`,
      value: largestDeviation(own),
      pValue: band.pValue(cumulativeCounts(own)),
    }));
    const stderr = bootstrapError(
      truth.count,
      (rows) => worst(selected(ranks, rows)),
      rng.fork("bootstrap"),
    );
    const calibrated = rng.fork("calibrated");
    const simulations = Math.min(CALIBRATED, Math.ceil(SIMULATED_ENTRIES / ranks.length));
    const floors = Array.from({ length: simulations }, () =>
      worst(ranks.map(() => uniformRanks(truth.count, perContext, calibrated))),
    );
    const floor = mean(floors);
    const pValue = Math.min(1, ranks.length * Math.min(...parameters.map((p) => p.pValue)));
    const values = new Int32Array(truth.count * ranks.length).map(
      (_, k) => ranks[k % ranks.length]?.values[Math.floor(k / ranks.length)] ?? 0,
    );
    return {
      metrics: { sbc: measure(worst(ranks), stderr, { ...about, floor, pValue, parameters }) },
      arrays: { "sbc-ranks": { shape: [truth.count, ranks.length], values } },
      figures: {
        "sbc-ranks": rankHistograms(
          ranks,
          parameters.map(({ name }) => name),
          rng.fork("histogram"),
        ),
      },
    };
  },
});
