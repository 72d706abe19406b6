import type { Dataset } from "../datasets/dataset.ts";
import type { EngineOptions } from "../engine/index.ts";
import { evaluateLogProb, findLogProb } from "../evaluation/log-prob.ts";
import type { LayerKl } from "../evaluation/kl-decay.ts";
import type { Metric } from "../evaluation/metric.ts";
import { bitsPerDim, kl, nll, pairedKl } from "../evaluation/nll.ts";
import type { ComputedMetrics } from "../evaluation/metrics/compute-metrics.ts";
import type { MetricDefinition } from "../evaluation/metrics/metric-definition.ts";
import { sampleModel } from "../evaluation/sample.ts";
import type { Model, Provenance } from "../model.ts";
import type { Rng } from "../math/rng.ts";
import { selectRows, type Rows } from "../math/rows.ts";
import type { Registry } from "../registry.ts";
import type { Config } from "./config/resolve.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { engineOptions } from "./engine-options.ts";
import { layerTable } from "./layer-table.ts";
import { sampleMetrics } from "./sample-metrics.ts";

export interface Evaluated extends Pick<ComputedMetrics, "arrays" | "figures" | "notes"> {
  readonly metrics: Readonly<Record<string, Metric | Readonly<Record<string, unknown>>>>;
  /** log p of each test row in raw units, nats, by the likelihood's name ("" is the main one). */
  readonly logProb: Readonly<Record<string, Float64Array>>;
  /** Draws in raw units; of a conditional model one for each test row's condition, and from the first again. */
  readonly samples?: Rows;
  /** KL after each layer, where it was asked for and there are layers. */
  readonly layers?: readonly LayerKl[];
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

/** What the number is worth: a density of dequantised counts bounds that of the counts. */
const provenanceFor = (provenance: Provenance, { likelihood }: Dataset): Provenance =>
  likelihood === "bound" && provenance.kind === "exact" ? { kind: "bound" } : provenance;

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

/** @param values log p of each test row in raw units */
function likelihoodMetrics(
  values: Float64Array,
  suffix: string,
  provenance: Provenance,
  { dataset, preprocessing, config }: EvaluateArguments,
): Evaluated["metrics"] {
  const { standardisedLogScale, levels, shape } = preprocessing;
  const kind = provenanceFor(provenance, dataset);
  const raw = nll(values, kind);
  const metrics: Record<string, Metric> = { [`test_nll${suffix}`]: raw };
  if (standardisedLogScale !== undefined)
    metrics[`test_nll_standardised${suffix}`] = nll(values, kind, -standardisedLogScale);
  if (levels !== undefined) metrics[`bits_per_dim${suffix}`] = bitsPerDim(raw, shape);
  const wanted = config.evaluation["metrics"] as readonly string[];
  if (!wanted.includes("kl")) return metrics;
  const density = trueLogDensity(dataset);
  if (density !== undefined) metrics[`kl${suffix}`] = pairedKl(values, density, kind);
  else if (dataset.entropy !== undefined) metrics[`kl${suffix}`] = kl(raw, dataset.entropy);
  return metrics;
}

/** Measures a trained model on the test rows, in raw units. */
export async function evaluateRun(args: EvaluateArguments): Promise<Evaluated> {
  const { config, dataset, model, preprocessing, rng } = args;
  const { batch, precision, samples: wanted } = config.evaluation;
  const engine = engineOptions(config, precision as EngineOptions["precision"]);
  const common = { model, engine, batch: Number(batch) };
  const rows = preprocessing.apply(dataset.test, "test");
  const logDet = preprocessing.logDet(dataset.test);
  const context = testContext(args);
  const metrics: Record<string, Evaluated["metrics"][string]> = {};
  const logProb: Record<string, Float64Array> = {};
  for (const { name, provenance } of model.logProb) {
    const seen = await evaluateLogProb({ ...common, rows, name, ...(context && { context }) });
    const values = seen.map((value, i) => value + (logDet[i] ?? NaN));
    Object.assign(
      metrics,
      likelihoodMetrics(values, name === "" ? "" : `_${name}`, provenance, args),
    );
    logProb[name] = values;
  }
  if (dataset.entropy !== undefined)
    metrics["entropy"] = {
      ...dataset.entropy,
      n: 0,
      nonfinite: 0,
      unit: "nats",
      provenance: { kind: "exact" },
    };
  const { arrays, figures, notes, ...measured } = await sampleMetrics(args.metrics, {
    ...args,
    engine,
    provenance: provenanceFor(findLogProb(model).provenance, dataset),
    rng: rng.fork("metrics"),
  });
  const taken = Object.keys(measured.metrics).filter((name) => name in metrics);
  Object.assign(metrics, { ...measured.metrics, ...metrics });
  const perLayer = config.evaluation["layers"] === true ? await layersOf(args, engine) : undefined;
  const layers = perLayer?.layers;
  const all = {
    ...{ metrics, logProb, arrays, figures },
    notes: [...notes, ...taken.map(leftOut), ...(perLayer?.notes ?? [])],
    ...(layers && { layers }),
  };
  const count = Number(wanted);
  if (count === 0) return all;
  const given = context && selectRows(context, cycle(count, context.count));
  const { rows: draws } = await sampleModel({
    ...common,
    count,
    rng,
    ...(given && { context: given }),
  });
  return { ...all, samples: preprocessing.invert(draws) };
}

const leftOut = (name: string): string =>
  `the number "${name}" of a metric is left out: a number of the likelihood has that name`;

/** KL after each layer on the test rows. */
function layersOf(args: EvaluateArguments, engine: EngineOptions): ReturnType<typeof layerTable> {
  const { model, dataset, preprocessing, config } = args;
  const context = testContext(args);
  const logDensity = trueLogDensity(dataset);
  return layerTable({
    model,
    rows: preprocessing.apply(dataset.test, "test"),
    logDet: preprocessing.logDet(dataset.test),
    ...(context && { context }),
    ...(logDensity && { logDensity }),
    ...(dataset.entropy && { entropy: dataset.entropy }),
    engine,
    batch: Number(config.evaluation["batch"]),
  });
}

/** The condition of the test rows as the model sees it. */
const testContext = ({ preprocessing, dataset }: EvaluateArguments): Rows | undefined =>
  dataset.condition && preprocessing.condition?.apply(dataset.condition.test);

/** 0, 1, …, length − 1, and from the start again. */
const cycle = (count: number, length: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => i % length);
