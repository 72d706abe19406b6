/**
 * What data sets are made of, for plugins: `flowmeter/datasets`. `syntheticDataset` makes one of a distribution that can be
 * drawn from and evaluated; a set of another kind fills in a `Dataset` itself.
 */
export { makeRows, selectRows } from "../math/rows.ts";
export type { Rows } from "../math/rows.ts";
export type { Rng } from "../math/rng.ts";
export { DataError } from "./data-error.ts";
export { defineDataset } from "./dataset.ts";
export type { Dataset, DatasetDefinition, Entropy, Outlined } from "./dataset.ts";
export { digestRows } from "./digest.ts";
export { countDuplicates } from "./duplicates.ts";
export { splitCounts } from "./fractions.ts";
export { closedForm, syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";
export type { Distribution } from "./synthetic.ts";
