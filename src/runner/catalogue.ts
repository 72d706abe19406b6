import type { DatasetDefinition } from "../datasets/dataset.ts";
import type { Family } from "../model.ts";
import type { OptionSchema } from "../options.ts";
import type { Registry } from "../registry.ts";

/** Everything that a configuration can name, with the options of each. */
export interface Catalogue {
  readonly families: Registry<Family>;
  readonly datasets: Registry<DatasetDefinition>;
  /** Options of every data set, beside its own. */
  readonly data: OptionSchema;
  readonly training: OptionSchema;
  readonly evaluation: OptionSchema;
  /** Without the engine's name. */
  readonly engine: OptionSchema;
  readonly engines: readonly string[];
}
