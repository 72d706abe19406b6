import type { DatasetDefinition } from "./datasets/dataset.ts";
import type { MetricDefinition } from "./evaluation/metrics/metric-definition.ts";
import type { Family } from "./model.ts";

/**
 * What a file or package adds to Flowmeter: `export const plugin = definePlugin({ … })`, named by the configuration's
 * key `plugins`. Every part may be left out.
 */
export interface Plugin {
  readonly families?: readonly Family[];
  readonly datasets?: readonly DatasetDefinition[];
  readonly metrics?: readonly MetricDefinition[];
}

/** Checks nothing itself, as the loader does it; tells the compiler what is expected. */
export const definePlugin = (plugin: Plugin): Plugin => plugin;
