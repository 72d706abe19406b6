import { mean } from "../../math/statistics.ts";
import { coverageCurve } from "./coverage-curve.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";
import { ecdfBand } from "./uniform-band.ts";
import {
  bootstrapError,
  expectedShare,
  meanDeviation,
  rankDeviations,
  rankEcdf,
  uniformRanks,
  type Ranks,
} from "./uniform-ranks.ts";

/** Simulations of a calibrated model, for the floor. */
const CALIBRATED = 500;

/**
 * For each true row the number of draws for its condition that are denser than it: k of L says that the smallest
 * highest-density region that holds the truth has a mass of about k/L.
 *
 * @param truth log p of each true row [M]
 * @param draws log p of the draws [M · L]
 */
export const densityRanks = (
  truth: Float64Array,
  draws: Float64Array,
  perContext: number,
): Ranks => ({
  draws: perContext,
  values: Int32Array.from(truth, (value, i) => {
    const own = draws.subarray(i * perContext, (i + 1) * perContext);
    return own.reduce((denser, other) => denser + (other > value ? 1 : 0), 0);
  }),
});

/**
 * Expected coverage of highest-density regions: how often a region of stated mass (its level) holds the truth. The
 * number is the mean over levels k/(L + 1) of |coverage − level|, its standard error the bootstrap's over conditions, and
 * the floor what a calibrated model gets on average with as many conditions. `bias`, the mean of coverage − level, is
 * above 0 for a model that is wider than it should be and below 0 for one that is too sure of itself.
 */
export const coverage = defineMetric({
  name: "coverage",
  summary: "mean |coverage − level| of highest-density regions",
  paper: "Hermans et al. (2022), arXiv:2110.06581",
  needs: "condition",
  async compute({ posterior, logProb, provenance, rng }) {
    const drawn = await posterior();
    const { truth, draws, perContext, nonfinite } = drawn;
    const about = { n: truth.count, nonfinite, unit: "1", provenance } as const;
    if (nonfinite > 0) return { metrics: { coverage: measure(NaN, NaN, about) } };
    const ofTruth = await logProb(truth, drawn.context);
    const ofDraws = drawn.logProb ?? (await logProb(draws, drawn.drawContext));
    const broken = [ofTruth, ofDraws].map((all) => all.filter(Number.isNaN).length);
    const lost = broken.reduce((sum, count) => sum + count, 0);
    if (lost > 0)
      return { metrics: { coverage: measure(NaN, NaN, { ...about, nonfinite: lost }) } };
    const ranks = densityRanks(ofTruth, ofDraws, perContext);
    const stderr = bootstrapError(
      truth.count,
      (rows) => meanDeviation({ ...ranks, values: rows.map((row) => ranks.values[row] ?? 0) }),
      rng.fork("bootstrap"),
    );
    const calibrated = rng.fork("calibrated");
    const floors = Array.from({ length: CALIBRATED }, () =>
      meanDeviation(uniformRanks(truth.count, perContext, calibrated)),
    );
    const floor = mean(floors);
    const bias = mean(rankDeviations(ranks));
    const curve = [...rankEcdf(ranks)].flatMap((share, k) => [expectedShare(k, perContext), share]);
    const band = ecdfBand(truth.count, perContext, rng.fork("band"));
    return {
      metrics: { coverage: measure(meanDeviation(ranks), stderr, { ...about, floor, bias }) },
      arrays: { "coverage-curve": { shape: [perContext, 2], values: Float64Array.from(curve) } },
      figures: { "coverage-curve": coverageCurve(ranks, band) },
    };
  },
});
