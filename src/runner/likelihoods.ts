import type { Dataset } from "../datasets/dataset.ts";
import type { EngineOptions } from "../engine/index.ts";
import { checkLogProb, measureLogProb } from "../evaluation/log-prob.ts";
import { meanMetric, type Metric } from "../evaluation/metric.ts";
import { bitsPerDim, kl, nll, pairedKl } from "../evaluation/nll.ts";
import { mean, standardError } from "../math/statistics.ts";
import type { Rows } from "../math/rows.ts";
import type { LogProb, Model, Provenance } from "../model.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { decidingRow } from "./deciding-row.ts";
import { provenanceFor } from "./raw-likelihood.ts";

export interface LikelihoodArguments {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing;
  /** Test rows and their condition as the model sees them. */
  readonly rows: Rows;
  readonly context?: Rows;
  /** ln|det| of the preprocessing at each test row, nats. */
  readonly logDet: Float64Array;
  /** log p of the test rows under the data's own density, raw units, where it is known. */
  readonly density?: Float64Array;
  /** log p of the test rows under a Gaussian fitted to the training rows, raw units, where there is one. */
  readonly gaussian?: Float64Array;
  /** Whether `kl` is wanted. */
  readonly divergence: boolean;
  readonly engine: EngineOptions;
  readonly batch: number;
}

export interface Likelihoods {
  readonly metrics: Readonly<Record<string, Metric>>;
  /** log p of each test row in raw units, nats, by the likelihood's name ("" is the main one). */
  readonly logProb: Readonly<Record<string, Float64Array>>;
  readonly seconds: number;
  readonly notes: readonly string[];
  /** Why a likelihood is worth nothing. */
  readonly failure?: string;
}

/** Every likelihood of a model on the test rows: its NLL, what it says of itself, and its own check. */
export async function likelihoods(args: LikelihoodArguments): Promise<Likelihoods> {
  const { model, logDet } = args;
  const baseline = baselines(args);
  const metrics: Record<string, Metric> = {};
  const logProb: Record<string, Float64Array> = {};
  const notes: string[] = [];
  const started = performance.now();
  for (const likelihood of model.logProb) {
    const { name } = likelihood;
    const { logProb: seen, rows: numbers } = await measureLogProb({ ...args, name });
    const { details, metrics: own = {}, failure } = likelihood.conclude?.(numbers) ?? {};
    const raw = seen.map((value, i) => value + (logDet[i] ?? NaN));
    logProb[name] = raw;
    const check = failure === undefined ? await selfCheck(likelihood, seen, args) : undefined;
    const provenance = provenanceFor(
      { ...likelihood.provenance, ...details, ...(check && { check }) },
      args.dataset,
    );
    const suffix = name === "" ? "" : `_${name}`;
    const note = decidingRow(`test_nll${suffix}`, raw, args.dataset.testIds);
    const ruled = note === undefined ? {} : { ruledByOneRow: true as const };
    for (const [metric, number] of Object.entries(numbersOf(raw, provenance, args)))
      metrics[`${metric}${suffix}`] = { ...number, ...ruled, ...baseline(metric) };
    for (const [metric, { values, unit }] of Object.entries(own))
      metrics[`${metric}${suffix}`] = { ...meanMetric(values, { kind: "exact" }), unit };
    if (note !== undefined) notes.push(note);
    if (failure !== undefined)
      return { metrics, logProb, notes, failure, seconds: secondsSince(started) };
  }
  return { metrics, logProb, notes, seconds: secondsSince(started) };
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

/** What the Gaussian gets, by the metric's name. */
function baselines(args: LikelihoodArguments): (metric: string) => Pick<Metric, "baseline"> {
  const provenance = provenanceFor({ kind: "exact" }, args.dataset);
  const numbers = args.gaussian && numbersOf(args.gaussian, provenance, args);
  return (metric) => {
    const { value = null, stderr = null } = numbers?.[metric] ?? {};
    return value === null ? {} : { baseline: { family: "gaussian", value, stderr, provenance } };
  };
}

/** The numbers of one likelihood, by the metric's name. */
function numbersOf(
  raw: Float64Array,
  provenance: Provenance,
  { dataset, preprocessing, density, divergence }: LikelihoodArguments,
): Record<string, Metric> {
  const { standardisedLogScale, levels, shape } = preprocessing;
  const main = nll(raw, provenance);
  const metrics: Record<string, Metric> = { test_nll: main };
  if (standardisedLogScale !== undefined)
    metrics["test_nll_standardised"] = nll(raw, provenance, -standardisedLogScale);
  if (levels !== undefined) metrics["bits_per_dim"] = bitsPerDim(main, shape);
  if (!divergence) return metrics;
  if (density !== undefined) metrics["kl"] = pairedKl(raw, density, provenance);
  else if (dataset.entropy !== undefined) metrics["kl"] = kl(main, dataset.entropy);
  return metrics;
}

/**
 * The likelihood computed again with more care, for the provenance: by how much the mean over the rows that were looked at
 * changes (nats, with its error over them) and by how much that of the row that changes most.
 */
async function selfCheck(
  { name, check }: LogProb,
  seen: Float64Array,
  args: LikelihoodArguments,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const careful = await checkLogProb({ ...args, name });
  if (!check || !careful) return undefined;
  const changes = careful.map((value, i) => (seen[i] ?? NaN) - value);
  const nllOf = (values: Float64Array): number =>
    -mean(values.map((value, i) => value + (args.logDet[i] ?? NaN)));
  return {
    ...check.details,
    precision: "float64",
    n: careful.length,
    nll: nllOf(careful),
    difference: mean(changes),
    differenceStderr: standardError(changes),
    largestDifference: changes.reduce((most, change) => Math.max(most, Math.abs(change)), 0),
  };
}
