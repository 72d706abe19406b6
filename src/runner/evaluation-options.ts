import { flag, integer, list, oneOf, type Option } from "../options.ts";

const metricName: Option<string> = {
  doc: "name of a metric",
  default: "nll",
  expected: "one of nll, kl",
  accepts: (x): x is string => x === "nll" || x === "kl",
};

/** The keys `evaluation.…` of a configuration. */
export const evaluationOptions = {
  layers: flag(false, "KL after each layer, where the family has layers"),
  metrics: list(
    metricName,
    ["nll", "kl"],
    "what is measured; kl where the data's entropy is known",
  ),
  samples: integer(1000, "samples kept beside the record", { min: 0 }),
  batch: integer(2048, "rows per call", { min: 1 }),
  precision: oneOf(["float32", "float64"], "float32", "arithmetic of the evaluation"),
};
