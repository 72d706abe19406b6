import { slotKey, slotValues } from "../evaluation/slots.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { DEFAULT_BATCH } from "../evaluation/batched.ts";
import type { Rows } from "../math/rows.ts";
import { mean } from "../math/statistics.ts";
import { ModelError, type Model } from "../model.ts";
import type { Arrays } from "../engine/index.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import type { Earlier, HistoryEntry } from "./progress.ts";
import type { TrainArguments, TrainingResult } from "./train.ts";

/** Rows as they are after the layers that are trained, and what those layers add to log p of a row on average, nats. */
interface Reached {
  readonly rows: Rows;
  readonly logDet: number;
}

interface Sets {
  readonly train: Reached;
  readonly validation: Reached;
}

/**
 * Trains the layers of a chain one after another, each to its own end with those before it fixed: `steps` and all else
 * that the options say hold for every layer. Each layer so makes p(z) as near to the base as it can by itself, which is
 * what the theorems on the decay of KL per layer are about (Draxler, Schnörr & Köthe 2022); training all together need not.
 *
 * The numbers of the history are those of the whole: the loss of a layer less the mean log-determinants of those before.
 *
 * @param trainOne trains one model, as `train` does without `greedy`
 * @throws ModelError for a model that is no chain of layers
 */
export async function trainGreedily(
  args: TrainArguments,
  trainOne: (args: TrainArguments) => Promise<TrainingResult>,
): Promise<TrainingResult> {
  const { model, checkpoints } = args;
  const parts = model.parts?.();
  if (!parts)
    throw new ModelError(
      "training.greedy: expected a family that is a chain of layers, such as real-nvp or spline-coupling, got one without; set training.greedy=false.",
    );
  args.onBegin?.();
  const loaded = await checkpoints?.load();
  if (loaded) takeFinished(model, loaded.arrays);
  let earlier = loaded?.progress.earlier ?? { layers: 0, steps: 0, seconds: 0, history: [] };
  let sets: Sets = {
    train: { rows: args.train, logDet: 0 },
    validation: { rows: args.validation, logDet: 0 },
  };
  for (const part of parts.slice(0, earlier.layers)) sets = await pass(part, args, sets);
  let last: TrainingResult | undefined;
  for (const [i, part] of parts.entries()) {
    if (i < earlier.layers) continue;
    const result = await trainOne(argumentsOf(args, { part, sets, earlier, of: parts.length }));
    last = joined(earlier, result, sets);
    if (result.status !== "done")
      return { ...last, reason: `layer ${i + 1} of ${parts.length}: ${result.reason ?? ""}` };
    const { steps, seconds, history } = last;
    earlier = { layers: i + 1, steps, seconds, history };
    if (i + 1 < parts.length) sets = await pass(part, args, sets);
  }
  if (last === undefined) throw new Error("train: the model has no layers.");
  const parameters = model.store.slots("variable").reduce((n, slot) => n + slot.values.length, 0);
  return { ...last, parameters };
}

/** The rows, of both sets, after one more layer. */
async function pass(part: Model, args: TrainArguments, sets: Sets): Promise<Sets> {
  const { context } = args;
  return {
    train: await through(part, args, sets.train, context?.train),
    validation: await through(part, args, sets.validation, context?.validation),
  };
}

async function through(
  { store, bijection, shape }: Model,
  { engine = {} }: TrainArguments,
  { rows: reached, logDet: before }: Reached,
  context: Rows | undefined,
): Promise<Reached> {
  const rows = { ...reached, shape };
  if (rows.count === 0 || !bijection) return { rows, logDet: before };
  const { z, logDet } = await overRows({
    ...{ label: "greedy training", store, rows, context, engine, batch: DEFAULT_BATCH },
    body: (x, call) => bijection.encode(x, call),
  });
  return { rows: { ...rows, values: z }, logDet: before + mean(logDet) };
}

interface Turn {
  readonly part: Model;
  readonly sets: Sets;
  readonly earlier: Earlier;
  /** Layers in all. */
  readonly of: number;
}

/** What one layer is trained with. */
function argumentsOf(args: TrainArguments, { part, sets, earlier, of }: Turn): TrainArguments {
  const { checkpoints, onProgress, options } = args;
  return {
    ...args,
    model: part,
    // A part may see the entries of a row in another shape than the whole: flat ones of an image.
    train: { ...sets.train.rows, shape: part.shape },
    validation: { ...sets.validation.rows, shape: part.shape },
    rng: args.rng.fork(`layer ${earlier.layers + 1}`),
    ...(checkpoints && { checkpoints: checkpointsOf(args.model, checkpoints, earlier) }),
    ...(onProgress && {
      onProgress(now) {
        // Layers that stop early leave less to do than this says.
        const ahead = (of - earlier.layers - 1) * (now.steps / now.stepsPerSecond);
        onProgress({
          ...now,
          loss: now.loss - sets.train.logDet,
          step: earlier.steps + now.step,
          steps: earlier.steps + now.steps * (of - earlier.layers),
          remaining: now.remaining + ahead,
          ...(now.last && { last: shifted(now.last, earlier.steps, sets) }),
        });
      },
    }),
    options: { ...options, greedy: false },
  };
}

const FINISHED = "finished/";

/** Checkpoints of one layer's training, which keep the layers before it as well. */
function checkpointsOf(
  model: Model,
  checkpoints: CheckpointStore,
  earlier: Earlier,
): CheckpointStore {
  return {
    async load() {
      const found = await checkpoints.load();
      if (found === undefined || (found.progress.earlier?.layers ?? 0) !== earlier.layers)
        return undefined;
      const own = Object.entries(found.arrays).filter(([name]) => !name.startsWith(FINISHED));
      return { ...found, arrays: Object.fromEntries(own) };
    },
    save({ progress, arrays }) {
      const slots = Object.entries(slotValues(model.store.slots("variable", "state")));
      const finished = slots.map(([key, values]) => [FINISHED + key, values] as const);
      return checkpoints.save({
        progress: { ...progress, earlier },
        arrays: { ...arrays, ...Object.fromEntries(finished) },
      });
    },
  };
}

/** Puts the weights of the layers that were trained before a checkpoint into their slots. */
function takeFinished(model: Model, arrays: Arrays): void {
  for (const slot of model.store.slots("variable", "state")) {
    const values = arrays[FINISHED + slotKey(slot)];
    if (values) slot.values = Float64Array.from(values);
  }
}

/** An entry as one of the whole training. */
function shifted(entry: HistoryEntry, steps: number, { train, validation }: Sets): HistoryEntry {
  const value = entry.validation;
  return {
    step: steps + entry.step,
    trainLoss: entry.trainLoss - train.logDet,
    ...(value !== undefined && { validation: value === null ? null : value - validation.logDet }),
  };
}

/** One layer's result as that of all layers so far. */
function joined(earlier: Earlier, result: TrainingResult, sets: Sets): TrainingResult {
  const { trainLoss, valMonitor } = result;
  return {
    ...result,
    steps: earlier.steps + result.steps,
    seconds: earlier.seconds + result.seconds,
    trainLoss: trainLoss === null ? null : trainLoss - sets.train.logDet,
    valMonitor: {
      ...valMonitor,
      value: valMonitor.value === null ? null : valMonitor.value - sets.validation.logDet,
    },
    history: [
      ...earlier.history,
      ...result.history.map((entry) => shifted(entry, earlier.steps, sets)),
    ],
  };
}
