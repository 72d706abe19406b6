import { rowSize } from "../math/rows.ts";
import type { Provenance } from "../model.ts";
import { meanMetric, type Metric } from "./metric.ts";

/**
 * Mean of −log p over rows, nats per row.
 *
 * @param logProb log p of each row, of the rows as the model sees them
 * @param logScale Σ ln(standard deviation) of the columns' standardisation: with it the number is in raw units,
 *   without it (0) it is that of the standardised rows
 */
export const nll = (logProb: Float64Array, provenance: Provenance, logScale = 0): Metric =>
  meanMetric(
    logProb.map((value) => -value),
    provenance,
    logScale,
  );

/** An NLL of rows of counts in bits per entry: NLL / (D ln 2). */
export function bitsPerDim(testNll: Metric, shape: readonly number[]): Metric {
  const { value, stderr } = testNll;
  const scale = 1 / (rowSize({ shape }) * Math.LN2);
  return {
    ...testNll,
    value: value === null ? null : value * scale,
    stderr: stderr === null ? null : stderr * scale,
    unit: "bits/dim",
  };
}

/** KL(p‖model) = NLL − entropy, both in raw units; the errors of the two add in squares. */
export function kl(
  testNll: Metric,
  entropy: { readonly value: number; readonly stderr: number },
): Metric {
  const { value, stderr } = testNll;
  if (value === null) return testNll;
  return {
    ...testNll,
    value: value - entropy.value,
    stderr: stderr === null ? null : Math.hypot(stderr, entropy.stderr),
  };
}

/**
 * KL(p‖model) where the density of the data is known: mean of log p_data − log p over the same rows. The rows' own
 * scatter cancels, so the error is far smaller than that of the two means.
 *
 * @param logDensity log density of each row in raw units
 */
export function pairedKl(
  logProb: Float64Array,
  logDensity: Float64Array,
  provenance: Provenance,
  logScale = 0,
): Metric {
  if (logProb.length !== logDensity.length)
    throw new Error(
      `pairedKl: expected as many densities as rows, ${logProb.length}, got ${logDensity.length}.`,
    );
  return meanMetric(
    logDensity.map((density, row) => density - (logProb[row] ?? NaN)),
    provenance,
    logScale,
  );
}
