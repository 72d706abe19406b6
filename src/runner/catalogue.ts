import type { DatasetDefinition } from "../datasets/dataset.ts";
import type { MetricDefinition } from "../evaluation/metrics/metric-definition.ts";
import type { Family } from "../model.ts";
import type { OptionSchema } from "../options.ts";
import type { Registry } from "../registry.ts";
import type { BrokenPlugin, LoadedPlugin } from "./plugins/loaded-plugin.ts";

/** Everything that a configuration can name, with the options of each. */
export interface Catalogue {
  readonly families: Registry<Family>;
  readonly datasets: Registry<DatasetDefinition>;
  /** Beside nll and kl. */
  readonly metrics: Registry<MetricDefinition>;
  /** Options of every data set, beside its own. */
  readonly data: OptionSchema;
  readonly training: OptionSchema;
  readonly evaluation: OptionSchema;
  /** Without the engine's name. */
  readonly engine: OptionSchema;
  readonly engines: readonly string[];
  /** What families and data sets come from, beside Flowmeter itself. */
  readonly plugins: readonly LoadedPlugin[];
  /** Plugins that were asked for and cannot be used. */
  readonly broken: readonly BrokenPlugin[];
}
