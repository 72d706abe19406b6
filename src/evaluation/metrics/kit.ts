/** What metrics are made of, for plugins: `flowmeter/metrics`. */
export { measure } from "./measure.ts";
export { defineMetric } from "./metric-definition.ts";
export type {
  Basis,
  Measure,
  Measured,
  MetricArguments,
  MetricDefinition,
  NamedArray,
  PosteriorDraws,
  TwoSamples,
} from "./metric-definition.ts";
