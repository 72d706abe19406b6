import { tf, type EngineOptions, type Tensor } from "../engine/index.ts";
import { firstRows, rowSize, type Rows } from "../math/rows.ts";
import { mean, standardError } from "../math/statistics.ts";
import type { Model } from "../model.ts";
import { DEFAULT_BATCH } from "./batched.ts";
import { nonStandardness, type NonStandardness } from "./non-standardness.ts";
import { overRows } from "./over-rows.ts";

/** What is known of the data, in the units that the model sees. */
export type KlReference =
  | { readonly kind: "density"; /** ln p of each row */ readonly logDensity: Float64Array }
  | { readonly kind: "entropy"; readonly value: number; readonly stderr: number }
  | { readonly kind: "last" };

/** One row of the KL table: after this many layers. Numbers that are not finite are kept as they are. */
export interface LayerKl {
  /** 0 is the data. */
  readonly index: number;
  readonly name: string;
  /** Of a continuous flow. */
  readonly time?: number;
  /** KL[p(z) ‖ N(0, I)], nats; with the reference "last" what is above that of the last layer. */
  readonly kl: number;
  readonly klStderr: number;
  readonly reference: "entropy" | "last";
  /** S and G = KL − S: what an affine map could still gain, and what none can. With "last", G above the last layer's. */
  readonly nonStandardness: number;
  readonly nonStandardnessStderr: number;
  readonly nonGaussianity: number;
  readonly nonGaussianityStderr: number;
  /** KL after this layer by that before it; left out for the data. */
  readonly ratio?: number;
  readonly ratioStderr?: number;
  /** Rows that the means are over, and those of them with a term that is not finite. */
  readonly n: number;
  readonly nonfinite: number;
}

export interface KlDecayRequest {
  readonly model: Model;
  readonly rows: Rows;
  readonly context?: Rows;
  readonly reference: KlReference;
  readonly engine?: EngineOptions;
  readonly batch?: number;
}

/** Entries that are kept for all stages together: beyond, fewer rows are looked at. */
const MOST_ENTRIES = 4e7;

/**
 * The decay of KL[p(z^(l)) ‖ N(0, I)] = E[½‖z^(l)‖² + (D/2) ln 2π − Σ_{k≤l} ln|det J_k|] − H(p) over the layers of a model,
 * with its parts G + S (Draxler, Schnörr & Köthe 2022). Errors are over rows: the difference to the density is taken row
 * by row, ratios by the delta method on the rows' pairs of terms.
 *
 * With a condition KL is the mean of KL[p(z^(l) | c) ‖ N(0, I)] over the conditions. S stays that of p(z^(l)), all conditions
 * together, so that G = KL − S holds the mutual information of z^(l) and c as well.
 *
 * @returns one entry per stage, the data first; undefined for a model without stages
 */
export async function klDecay(request: KlDecayRequest): Promise<readonly LayerKl[] | undefined> {
  const { model } = request;
  if (!model.stages) return undefined;
  const { names, times } = model.stages;
  const affordable = Math.floor(MOST_ENTRIES / (names.length * rowSize(request.rows)));
  const { rows, context, reference } = firstOf(request, Math.max(1, affordable));
  const stages = await runStages(model, rows, context, request);
  const offset = reference.kind === "density" ? reference.logDensity : undefined;
  const terms = stages.map(({ negative }) => negative.map((v, i) => v + (offset?.[i] ?? 0)));
  const last = terms.at(-1) ?? new Float64Array(0);
  const level = reference.kind === "entropy" ? reference.value : 0;
  const known = reference.kind !== "last";
  // Row by row, so that what the stages have in common cancels.
  const gaps = terms.map((t) => t.map((v, i) => v - level - (known ? 0 : (last[i] ?? 0))));
  const entropyError = reference.kind === "entropy" ? reference.stderr : 0;
  const parts = stages.map(({ z }) => nonStandardness(z));
  // Without an entropy G, too, is known up to a constant only: what is above the last layer's.
  const zero = known ? undefined : parts.at(-1);
  return stages.map(({ negative }, index) => {
    const gap = gaps[index] as Float64Array;
    const before = gaps[index - 1];
    const s = parts[index] as NonStandardness;
    const g = gap.map((v, i) => v - (s.influence[i] ?? NaN) + (zero?.influence[i] ?? 0));
    return {
      index,
      name: names[index] ?? "",
      ...(times && { time: times[index] ?? NaN }),
      kl: mean(gap),
      klStderr: Math.hypot(standardError(gap), entropyError),
      reference: known ? "entropy" : "last",
      nonStandardness: s.value,
      nonStandardnessStderr: s.stderr,
      nonGaussianity: mean(gap) - s.value + (zero?.value ?? 0),
      nonGaussianityStderr: Math.hypot(standardError(g), entropyError),
      ...(before && ratioOf(gap, before)),
      n: gap.length,
      nonfinite: negative.reduce((count, v) => count + (Number.isFinite(v) ? 0 : 1), 0),
    };
  });
}

/** mean(a) / mean(b) and its standard error over the rows: that of a − r b, by |mean(b)|. */
function ratioOf(a: Float64Array, b: Float64Array): { ratio: number; ratioStderr: number } {
  const ratio = mean(a) / mean(b);
  const rest = a.map((v, i) => v - ratio * (b[i] ?? NaN));
  return { ratio, ratioStderr: standardError(rest) / Math.abs(mean(b)) };
}

interface Stage {
  readonly z: Rows;
  /** −log N(z; 0, I) − Σ ln|det J| of each row, nats. */
  readonly negative: Float64Array;
}

async function runStages(
  model: Model,
  rows: Rows,
  context: Rows | undefined,
  { engine = {}, batch = DEFAULT_BATCH }: KlDecayRequest,
): Promise<readonly Stage[]> {
  const { stages, store } = model;
  if (!stages) return [];
  const dim = rowSize(rows);
  const constant = (dim / 2) * Math.log(2 * Math.PI);
  const outputs = await overRows({
    ...{ label: "layers", store, rows, context, batch, engine, noise: stages.noise },
    body: (x, call): Record<string, Tensor> =>
      Object.fromEntries(
        stages.encode(x, call).flatMap(({ z, logDet }, i) => [
          [`z${i}`, tf.reshape(z, [-1, dim])],
          [`logDet${i}`, logDet],
        ]),
      ),
  });
  return stages.names.map((_, i) => {
    const values = outputs[`z${i}`] ?? new Float64Array(0);
    const logDet = outputs[`logDet${i}`] ?? new Float64Array(0);
    const negative = logDet.map((value, row) => {
      let squares = 0;
      for (let j = 0; j < dim; j++) squares += (values[row * dim + j] ?? 0) ** 2;
      return squares / 2 + constant - value;
    });
    return { z: { count: rows.count, shape: [dim], values }, negative };
  });
}

function firstOf(request: KlDecayRequest, most: number): KlDecayRequest {
  const { rows, context, reference } = request;
  return {
    ...request,
    rows: firstRows(rows, most),
    ...(context && { context: firstRows(context, most) }),
    reference:
      reference.kind === "density"
        ? { kind: "density", logDensity: reference.logDensity.subarray(0, most) }
        : reference,
  };
}
