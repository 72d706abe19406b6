import type { EngineOptions } from "../engine/index.ts";
import { klDecay, type KlReference, type LayerKl } from "../evaluation/kl-decay.ts";
import { mean } from "../math/statistics.ts";
import type { Rows } from "../math/rows.ts";
import type { Model } from "../model.ts";
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
  readonly engine: EngineOptions;
  readonly batch: number;
}

/** The record's `layers`: KL after each layer, or a note that says why there is none. */
export async function layerTable(
  args: LayerTableArguments,
): Promise<{ readonly layers?: readonly LayerKl[]; readonly notes: readonly string[] }> {
  const { model, rows, context, engine, batch } = args;
  const common = { model, rows, engine, batch, ...(context && { context }) };
  const layers = await klDecay({ ...common, reference: referenceOf(args) });
  return layers
    ? { layers, notes: [] }
    : { notes: ["evaluation.layers: this family has no layers to look behind"] };
}

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
