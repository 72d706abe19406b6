import type { Dataset } from "../datasets/dataset.ts";
import type { EngineOptions } from "../engine/index.ts";
import { findLogProb } from "../evaluation/log-prob.ts";
import type { Metric } from "../evaluation/metric.ts";
import type { ComputedMetrics } from "../evaluation/metrics/compute-metrics.ts";
import type { MetricDefinition } from "../evaluation/metrics/metric-definition.ts";
import { sampleModel, type SampleRequest } from "../evaluation/sample.ts";
import type { Model } from "../model.ts";
import type { Rng } from "../math/rng.ts";
import { selectRows, type Rows } from "../math/rows.ts";
import type { Registry } from "../registry.ts";
import type { Config } from "./config/resolve.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { engineOptions } from "./engine-options.ts";
import { gaussianBaseline } from "./gaussian-baseline.ts";
import { gaussianInModelUnits } from "./gaussian-in-model-units.ts";
import { keptPictures } from "./kept-pictures.ts";
import { layerTable, type LayerTable } from "./layer-table.ts";
import { likelihoods } from "./likelihoods.ts";
import { provenanceFor } from "./raw-likelihood.ts";
import { sampleMetrics } from "./sample-metrics.ts";

export interface Evaluated extends Pick<ComputedMetrics, "arrays" | "figures" | "notes"> {
  readonly metrics: Readonly<Record<string, Metric | Readonly<Record<string, unknown>>>>;
  /** log p of each test row in raw units, nats, by the likelihood's name ("" is the main one). */
  readonly logProb: Readonly<Record<string, Float64Array>>;
  /** Seconds that the likelihoods of the test rows took, their own checks and compiling included. */
  readonly time: { readonly seconds: number; readonly rows: number };
  /** Why the likelihood is worth nothing, where it is so; nothing else was measured then. */
  readonly failure?: string;
  /** Draws in raw units; of a conditional model one for each test row's condition, and from the first again. */
  readonly samples?: Rows;
  /** KL after each layer, where it was asked for and there are layers. */
  readonly layers?: LayerTable["layers"];
}

export interface EvaluateArguments {
  readonly config: Config;
  /** Metrics that `evaluation.metrics` can name beside nll and kl. */
  readonly metrics: Registry<MetricDefinition>;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly rng: Rng;
}

/** log p of the test rows under the data's own density, given their condition where there is one. */
function trueLogDensity({
  test,
  condition,
  attributes,
  ...own
}: Dataset): Float64Array | undefined {
  if (condition === undefined) return own.logDensity?.(test);
  return attributes && own.conditionalLogDensity?.(test, attributes.test);
}

const entropyOf = (entropy: NonNullable<Dataset["entropy"]>): Evaluated["metrics"][string] => ({
  ...{ ...entropy, n: 0, nonfinite: 0, unit: "nats" },
  provenance: { kind: "exact" },
});

/** Measures a trained model on the test rows, in raw units. */
export async function evaluateRun(args: EvaluateArguments): Promise<Evaluated> {
  const { config, dataset, model, preprocessing, rng } = args;
  const { batch, precision, samples: wanted, layers: wantsLayers } = config.evaluation;
  const engine = engineOptions(config, precision as EngineOptions["precision"]);
  const common = { model, engine, batch: Number(batch) };
  const rows = preprocessing.apply(dataset.test, "test");
  const logDet = preprocessing.logDet(dataset.test);
  // The condition of the test rows as the model sees it.
  const context = dataset.condition && preprocessing.condition?.apply(dataset.condition.test);
  const density = trueLogDensity(dataset);
  const seen = { rows, logDet, ...(context && { context }) };
  const gaussian = gaussianBaseline({ dataset, preprocessing, ...seen });
  const measured = await likelihoods({
    ...{ ...common, ...args, ...seen, engine },
    ...(density && { density }),
    ...(gaussian && { gaussian }),
    divergence: (config.evaluation["metrics"] as readonly string[]).includes("kl"),
  });
  const { logProb, failure } = measured;
  const seconds = { seconds: measured.seconds, rows: rows.count };
  const metrics: Record<string, Evaluated["metrics"][string]> = { ...measured.metrics };
  if (failure !== undefined)
    return {
      ...{ metrics, logProb, failure, time: seconds, notes: measured.notes },
      ...{ arrays: {}, figures: {} },
    };
  if (dataset.entropy !== undefined) metrics["entropy"] = entropyOf(dataset.entropy);
  const { arrays, figures, notes, ...drawn } = await sampleMetrics(args.metrics, {
    ...args,
    engine,
    provenance: provenanceFor(findLogProb(model).provenance, dataset),
    rng: rng.fork("metrics"),
  });
  const taken = Object.keys(drawn.metrics).filter((name) => name in metrics);
  Object.assign(metrics, { ...drawn.metrics, ...metrics });
  const perLayer =
    wantsLayers === true
      ? await layerTable({
          ...{ ...common, ...seen },
          ...(density && { logDensity: density }),
          ...(dataset.entropy && { entropy: dataset.entropy }),
          gaussian: () => gaussianInModelUnits(dataset, preprocessing),
        })
      : undefined;
  const layers = perLayer?.layers;
  const pictures = await keptPictures({
    ...{ ...common, dataset, preprocessing },
    cells: Number(config.evaluation["grid"]),
    layers: wantsLayers === true,
  });
  const samples = await keptSamples({ ...common, count: Number(wanted), rng }, context);
  return {
    ...{ metrics, logProb, figures, time: seconds },
    arrays: { ...arrays, ...pictures },
    notes: [...measured.notes, ...notes, ...taken.map(leftOut), ...(perLayer?.notes ?? [])],
    ...(layers && { layers }),
    ...(samples && { samples: preprocessing.invert(samples) }),
  };
}

/** Draws in the model's units, given the conditions of the test rows in turn; nothing where none are wanted. */
async function keptSamples(
  request: Omit<SampleRequest, "context">,
  context: Rows | undefined,
): Promise<Rows | undefined> {
  const { count } = request;
  if (count === 0) return undefined;
  const given = context && selectRows(context, cycle(count, context.count));
  return (await sampleModel({ ...request, ...(given && { context: given }) })).rows;
}

const leftOut = (name: string): string =>
  `the number "${name}" of a metric is left out: a number of the likelihood has that name`;

/** 0, 1, …, length − 1, and from the start again. */
const cycle = (count: number, length: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => i % length);
