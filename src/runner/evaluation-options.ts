import { flag, integer, list, oneOf } from "../options.ts";

/** What every run is measured by, by name with its meaning; not among the metrics, since it needs no draws. */
export const LIKELIHOOD = {
  nll: "mean of -log p over the test rows, in nats and raw units",
  kl: "divergence of the data to the model, where the data's density or entropy is known",
} as const;

/**
 * The keys `evaluation.…` of a configuration.
 *
 * @param metrics names of metrics beside nll and kl
 */
export function evaluationOptions(metrics: readonly string[]) {
  const likelihood = Object.keys(LIKELIHOOD);
  const known = [...likelihood, ...metrics];
  const metricName = oneOf(known, "nll", "name of a metric");
  return {
    layers: flag(false, "KL after each layer, where the family has layers"),
    metrics: list(
      metricName,
      likelihood,
      "what is measured; kl where the data's density or entropy is known, sbc and coverage where there is a condition",
    ),
    samples: integer(1000, "samples kept beside the record", { min: 0 }),
    grid: integer(
      50,
      "cells per side of the density that is kept of rows of two columns; 0 for none",
      {
        min: 0,
        max: 1000,
      },
    ),
    draws: integer(1000, "draws that metrics of samples compare with as many test rows", {
      min: 10,
    }),
    contexts: integer(300, "test rows at most whose conditions calibration is judged by", {
      min: 10,
    }),
    posteriorDraws: integer(99, "draws for each of those conditions", { min: 1 }),
    batch: integer(
      2048,
      "rows per call at most; large rows, such as images, go in smaller batches",
      { min: 1 },
    ),
    precision: oneOf(["float32", "float64"], "float32", "arithmetic of the evaluation"),
  };
}
