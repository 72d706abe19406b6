/**
 * Flowmeter as a library, and what a plugin defines. What plugins are made of stands in `flowmeter/flows` (layers, networks,
 * TensorFlow.js), `flowmeter/options`, `flowmeter/datasets`, `flowmeter/metrics`, and what they must satisfy in `flowmeter/contract`.
 */
export { load } from "./runner/flow.ts";
export type { Flow, Given } from "./runner/flow.ts";
export { train } from "./runner/train-flow.ts";
export type { TrainRequest } from "./runner/train-flow.ts";
export type { RowsLike } from "./runner/rows-like.ts";
export { attributeDirection } from "./evaluation/attribute-direction.ts";
export type { AttributeDirection } from "./evaluation/attribute-direction.ts";
export { interpolate } from "./evaluation/interpolate.ts";
export type { Interpolation } from "./evaluation/interpolate.ts";
export { decodeLatents, encodeRows } from "./evaluation/latents.ts";
export type { LatentOptions } from "./evaluation/latents.ts";
export { definePlugin } from "./plugin.ts";
export type { Plugin } from "./plugin.ts";
export { defineFamily, ModelError } from "./model.ts";
export type { Bijection, Call, Family, LogProb, Model, Provenance } from "./model.ts";
export { defineDataset } from "./datasets/dataset.ts";
export type { Dataset, DatasetDefinition } from "./datasets/dataset.ts";
export type { Rows } from "./math/rows.ts";
export type { RecordedMetric, RunRecord } from "./record.ts";
