import type { EngineOptions } from "../engine/index.ts";
import { klDecay, type KlReference, type LayerKl } from "../evaluation/kl-decay.ts";
import { mean } from "../math/statistics.ts";
import type { GaussianMoments } from "../math/moments.ts";
import type { Rows } from "../math/rows.ts";
import type { GaussianLayer, Model } from "../model.ts";
import type { Dataset } from "../datasets/dataset.ts";

export interface LayerTableArguments {
  readonly model: Model;
  /** Test rows and their condition as the model sees them. */
  readonly rows: Rows;
  readonly context?: Rows;
  /** ln|det| of the preprocessing at each test row, nats. */
  readonly logDet: Float64Array;
  /** log p of the test rows under the data's own density, raw units, where it is known. */
  readonly logDensity?: Float64Array;
  readonly entropy?: Dataset["entropy"];
  /** What the rows are from, in the model's units, where it is a Gaussian. */
  readonly gaussian: () => GaussianMoments | undefined;
  readonly engine: EngineOptions;
  readonly batch: number;
}

/** A stage in closed form: all of the KL of a Gaussian is non-standardness, and no row was measured. */
export interface ExactLayer extends Omit<LayerKl, "n" | "nonfinite">, GaussianLayer {}

export interface LayerTable {
  readonly layers?: readonly (LayerKl | ExactLayer)[];
  readonly notes: readonly string[];
}

/** The record's `layers`: KL after each layer, or a note that says why there is none. */
export async function layerTable(args: LayerTableArguments): Promise<LayerTable> {
  const { model, rows, context, engine, batch } = args;
  const common = { model, rows, engine, batch, ...(context && { context }) };
  const gaussian = model.layersOnGaussian && args.gaussian();
  if (gaussian) return { layers: exactLayers(model, gaussian), notes: [] };
  const layers = await klDecay({ ...common, reference: referenceOf(args) });
  return layers
    ? { layers, notes: [] }
    : { notes: ["evaluation.layers: this family has no layers to look behind"] };
}

const exactLayers = (model: Model, gaussian: GaussianMoments): readonly ExactLayer[] =>
  (model.layersOnGaussian?.(gaussian) ?? []).map((layer, index) => ({
    index,
    name: model.stages?.names[index] ?? "",
    reference: "entropy",
    nonStandardness: layer.kl,
    nonStandardnessStderr: layer.klStderr,
    nonGaussianity: 0,
    nonGaussianityStderr: 0,
    ...layer,
  }));

/** The data's density or entropy in the units that the model sees. */
function referenceOf({ logDensity, entropy, logDet }: LayerTableArguments): KlReference {
  if (logDensity)
    return {
      kind: "density",
      logDensity: logDensity.map((value, i) => value - (logDet[i] ?? NaN)),
    };
  // The determinant of a standardisation is one number; under bounds the test rows' mean stands for its expectation.
  if (entropy)
    return { kind: "entropy", value: entropy.value + mean(logDet), stderr: entropy.stderr };
  return { kind: "last" };
}
