/** Flowmeter as a library. */
export { load } from "./runner/flow.ts";
export type { Flow } from "./runner/flow.ts";
export { train } from "./runner/train-flow.ts";
export type { TrainRequest } from "./runner/train-flow.ts";
export type { RowsLike } from "./runner/rows-like.ts";
export { defineFamily, ModelError } from "./model.ts";
export type { Bijection, Call, Family, LogProb, Model, Provenance } from "./model.ts";
export { defineDataset } from "./datasets/dataset.ts";
export type { Dataset, DatasetDefinition } from "./datasets/dataset.ts";
export type { Rows } from "./math/rows.ts";
export type { RecordedMetric, RunRecord } from "./record.ts";
