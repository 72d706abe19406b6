import type { DatasetDefinition } from "./datasets/dataset.ts";
import type { MetricDefinition } from "./evaluation/metrics/metric-definition.ts";
import type { BaseBuilder } from "./flows/base-distribution.ts";
import type { NetworkBuilder } from "./nn/networks.ts";
import type { MixingBuilder } from "./flows/mixings/mixing-builder.ts";
import type { Family } from "./model.ts";
import type { Tableau } from "./ode/tableau.ts";

/**
 * What a file or package adds to Flowmeter: `export const plugin = definePlugin({ … })`, named by the configuration's
 * key `plugins`. Every part may be left out.
 */
export interface Plugin {
  readonly families?: readonly Family[];
  readonly datasets?: readonly DatasetDefinition[];
  readonly metrics?: readonly MetricDefinition[];
  /** Networks of rows, by the word for `family.conditioner`, and for `family.network` of flows by a differential equation. */
  readonly networks?: Readonly<Record<string, NetworkBuilder>>;
  /** Maps of the coordinates between layers, by the word for `family.mixing`. */
  readonly mixings?: Readonly<Record<string, MixingBuilder>>;
  /** Base distributions, by the word for `family.base`. */
  readonly bases?: Readonly<Record<string, BaseBuilder>>;
  /** Runge–Kutta methods, by their own names, which are the words for `family.solver`. */
  readonly solvers?: readonly Tableau[];
}

/** Checks nothing itself, as the loader does it; tells the compiler what is expected. */
export const definePlugin = (plugin: Plugin): Plugin => plugin;
