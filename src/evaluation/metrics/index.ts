import { c2st } from "./c2st.ts";
import { coverage } from "./coverage.ts";
import { idealMap } from "./ideal-map.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import { mmd } from "./mmd.ts";
import { sbc } from "./sbc.ts";
import { slicedWassersteinMetric } from "./sliced-wasserstein.ts";

/** Every built-in metric of samples and calibration, in the order of lists and help: one line each. */
export const metrics: readonly MetricDefinition[] = [
  c2st,
  mmd,
  slicedWassersteinMetric,
  sbc,
  coverage,
  idealMap,
];
