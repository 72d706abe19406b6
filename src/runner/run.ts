import type { ConditionScaling } from "../datasets/condition-scaling.ts";
import type { Condition, Dataset } from "../datasets/dataset.ts";
import { outlineOf } from "../datasets/outline.ts";
import type { Compiled } from "../engine/index.ts";
import type { Model } from "../model.ts";
import type { CheckpointStore } from "../training/checkpoint.ts";
import type { TrainingOptions } from "../training/options.ts";
import { train, type TrainingProgress, type TrainingResult } from "../training/train.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Config } from "./config/resolve.ts";
import { engineOptions } from "./engine-options.ts";
import { evaluateRun, type Evaluated } from "./evaluate-run.ts";
import { checkFamily, prepareDataset } from "./prepare-dataset.ts";
import {
  fitPreprocessing,
  type Preprocessing,
  type PreprocessingOptions,
} from "./preprocessing.ts";
import { explainStart } from "./explain-start.ts";
import { probeEngine } from "./probe-engine.ts";
import { seedStreams } from "./seeds.ts";

export interface RunSurroundings {
  readonly catalogue: Catalogue;
  /** Instead of the configuration's data set: rows that the caller holds in memory. */
  readonly dataset?: Dataset;
  readonly checkpoints?: CheckpointStore;
  /** Told the data set before it is used; what it throws ends the run. */
  readonly onDataset?: (dataset: Dataset) => void;
  /** Told, perhaps more than once, that training begins: data, options and model are in order. Not of a closed form. */
  readonly onBegin?: () => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
  /** A line for the log. */
  readonly say?: (line: string) => void;
}

/** All that a run makes, in memory. */
export interface RunOutcome {
  readonly dataset: Dataset;
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly training: TrainingResult;
  /** Left out where training did not come to its end. */
  readonly evaluated?: Evaluated;
  readonly engine: Compiled["info"];
}

/**
 * The way of the data: configuration → dataset → family → training → evaluation. What becomes of it, a record and
 * files or a flow in memory, is the caller's concern.
 *
 * @throws UserError, DataError and EngineError for what the user can put right
 */
export async function performRun(config: Config, around: RunSurroundings): Promise<RunOutcome> {
  const { catalogue, checkpoints, onBegin, onProgress, signal, say = () => undefined } = around;
  const seeds = seedStreams(config.seed);
  const engine = await probeEngine(engineOptions(config));
  if (engine.notice !== undefined) say(engine.notice);

  const { name: dataName, ...dataOptions } = config.data;
  const loaded =
    around.dataset ??
    (await catalogue.datasets.get(dataName).load({ options: dataOptions, rng: seeds.data }));
  around.onDataset?.(loaded);
  const dataset = prepareDataset(loaded, config.data);
  for (const note of dataset.notes) say(`${dataset.name}: ${note}`);
  const { name, ...options } = config.family;
  const family = catalogue.families.get(name);
  checkFamily(family, outlineOf(dataset), catalogue.families);
  const preprocessing = fitPreprocessing(dataset, config.data as PreprocessingOptions);
  for (const note of preprocessing.notes) say(`${dataset.name}: ${note}`);
  const { cells, condition } = preprocessing;
  const contextSize = condition?.columns.length ?? 0;
  const { shape } = dataset;
  const build = { options, shape, contextSize, rng: seeds.model };
  const create = (): Model => family.build({ ...build, ...(cells && { cells }) });
  const model = create();

  const rows = preprocessing.apply(dataset.train);
  const context = condition && dataset.condition && contexts(condition, dataset.condition);
  const trained = await train({
    model,
    train: rows,
    validation: preprocessing.apply(dataset.validation),
    ...(context && { context }),
    options: config.training as TrainingOptions,
    engine: engineOptions(config),
    rng: seeds.training,
    ...(checkpoints && { checkpoints }),
    ...(onBegin && { onBegin }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const training = await explainStart(trained, {
    family: name,
    rebuild: create,
    rows,
    ...(context && { context: context.train }),
    engine: engineOptions(config),
  });
  const made = { dataset, model, preprocessing, training, engine };
  if (training.status !== "done") return made;
  const evaluated = await evaluateRun({
    config,
    rng: seeds.samples,
    metrics: catalogue.metrics,
    ...made,
  });
  const { failure } = evaluated;
  if (failure === undefined) return { ...made, evaluated };
  return { ...made, evaluated, training: { ...training, status: "diverged", reason: failure } };
}

/** The conditions of the rows to learn from, as the model sees them. */
const contexts = (scaling: ConditionScaling, { train, validation }: Condition) => ({
  train: scaling.apply(train),
  validation: scaling.apply(validation),
});
