import type { Dataset } from "../datasets/dataset.ts";
import type { EngineOptions } from "../engine/index.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import type { Metric } from "../evaluation/metric.ts";
import { kl, nll, pairedKl } from "../evaluation/nll.ts";
import { sampleModel } from "../evaluation/sample.ts";
import type { Model, Provenance } from "../model.ts";
import type { Rng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import type { Config } from "./config/resolve.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { engineOptions } from "./engine-options.ts";

export interface Evaluated {
  readonly metrics: Readonly<Record<string, Metric | Readonly<Record<string, unknown>>>>;
  /** log p of each test row in raw units, nats, by the likelihood's name ("" is the main one). */
  readonly logProb: Readonly<Record<string, Float64Array>>;
  /** Draws in raw units. */
  readonly samples?: Rows;
}

export interface EvaluateArguments {
  readonly config: Config;
  readonly dataset: Dataset;
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly rng: Rng;
}

/** What the number is worth: a density of dequantised counts bounds that of the counts. */
const provenanceFor = (provenance: Provenance, { likelihood }: Dataset): Provenance =>
  likelihood === "bound" && provenance.kind === "exact" ? { kind: "bound" } : provenance;

function likelihoodMetrics(
  values: Float64Array,
  suffix: string,
  provenance: Provenance,
  { dataset, preprocessing, config }: EvaluateArguments,
): Evaluated["metrics"] {
  const { logScale, standardisedLogScale } = preprocessing;
  const kind = provenanceFor(provenance, dataset);
  const raw = nll(values, kind, logScale);
  const metrics: Record<string, Metric> = { [`test_nll${suffix}`]: raw };
  if (standardisedLogScale !== undefined)
    metrics[`test_nll_standardised${suffix}`] = nll(values, kind, logScale - standardisedLogScale);
  const { entropy, logDensity } = dataset;
  const wanted = config.evaluation["metrics"] as readonly string[];
  if (!wanted.includes("kl")) return metrics;
  if (logDensity !== undefined)
    metrics[`kl${suffix}`] = pairedKl(values, logDensity(dataset.test), kind, logScale);
  else if (entropy !== undefined) metrics[`kl${suffix}`] = kl(raw, entropy);
  return metrics;
}

/** Measures a trained model on the test rows, in raw units. */
export async function evaluateRun(args: EvaluateArguments): Promise<Evaluated> {
  const { config, dataset, model, preprocessing, rng } = args;
  const { batch, precision, samples: wanted } = config.evaluation;
  const engine = engineOptions(config, precision as EngineOptions["precision"]);
  const common = { model, engine, batch: Number(batch) };
  const rows = preprocessing.apply(dataset.test);
  const metrics: Record<string, Evaluated["metrics"][string]> = {};
  const logProb: Record<string, Float64Array> = {};
  for (const { name, provenance } of model.logProb) {
    const values = await evaluateLogProb({ ...common, rows, name });
    Object.assign(
      metrics,
      likelihoodMetrics(values, name === "" ? "" : `_${name}`, provenance, args),
    );
    logProb[name] = values.map((value) => value - preprocessing.logScale);
  }
  if (dataset.entropy !== undefined)
    metrics["entropy"] = {
      ...dataset.entropy,
      n: 0,
      nonfinite: 0,
      unit: "nats",
      provenance: { kind: "exact" },
    };
  const count = Number(wanted);
  if (count === 0) return { metrics, logProb };
  const { rows: draws } = await sampleModel({ ...common, count, rng });
  return { metrics, logProb, samples: preprocessing.invert(draws) };
}
