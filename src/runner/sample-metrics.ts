import type { Dataset } from "../datasets/dataset.ts";
import type { EngineOptions } from "../engine/index.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { computeMetrics, type ComputedMetrics } from "../evaluation/metrics/compute-metrics.ts";
import type { MetricDefinition } from "../evaluation/metrics/metric-definition.ts";
import { sampleModel } from "../evaluation/sample.ts";
import type { Rng } from "../math/rng.ts";
import type { Model, Provenance } from "../model.ts";
import type { Registry } from "../registry.ts";
import type { Config } from "./config/resolve.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { inRawUnits } from "./raw-likelihood.ts";

export interface SampleMetricsArguments {
  readonly config: Config;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  /** Of the model's main likelihood. */
  readonly provenance: Provenance;
  readonly engine: EngineOptions;
  readonly rng: Rng;
}

/** What of `evaluation.metrics` is more than likelihoods: computed from draws and log p in raw units. */
export async function sampleMetrics(
  registry: Registry<MetricDefinition>,
  args: SampleMetricsArguments,
): Promise<ComputedMetrics> {
  const { config, dataset, model, preprocessing, provenance, engine, rng } = args;
  const { metrics, batch, draws, contexts, posteriorDraws } = config.evaluation;
  const wanted = registry.all.filter(({ name }) => (metrics as readonly string[]).includes(name));
  if (wanted.length === 0) return { metrics: {}, arrays: {}, figures: {}, notes: [] };
  const common = { model, engine, batch: Number(batch) };
  const { condition } = preprocessing;
  const context = condition &&
    dataset.condition && {
      train: condition.apply(dataset.condition.train),
      test: condition.apply(dataset.condition.test),
    };
  return computeMetrics(
    wanted,
    {
      columns: dataset.columns,
      train: dataset.train,
      test: dataset.test,
      ...(context && { context }),
      ...(dataset.logDensity && !dataset.condition && { logDensity: dataset.logDensity }),
      async sample(count, stream, given) {
        const drawn = await sampleModel({
          ...common,
          count,
          rng: stream,
          ...(given && { context: given }),
        });
        const rows = preprocessing.invert(drawn.rows);
        if (drawn.logProb === undefined) return { rows };
        return { rows, logProb: inRawUnits(drawn.logProb, rows, preprocessing) };
      },
      async logProb(rows, given) {
        const seen = await evaluateLogProb({
          ...common,
          rows: preprocessing.apply(rows),
          ...(given && { context: given }),
        });
        return inRawUnits(seen, rows, preprocessing);
      },
      provenance,
      engine,
    },
    {
      draws: Number(draws),
      contexts: Number(contexts),
      posteriorDraws: Number(posteriorDraws),
    },
    rng,
  );
}
