import type { Arrays, EngineOptions } from "../engine/index.ts";
import { slotKey } from "../evaluation/slots.ts";
import type { Rng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import { ModelError, type Model } from "../model.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import { lossNotFinite, neverFinite, weightsNotFinite } from "./divergence.ts";
import { fitClosedForm } from "./fit.ts";
import { trainGreedily } from "./greedy.ts";
import { initialiseModel } from "./initialise.ts";
import type { TrainingOptions } from "./options.ts";
import { packing } from "./pack.ts";
import { planTraining, type Plan } from "./plan.ts";
import { freshProgress, type HistoryEntry, type Progress } from "./progress.ts";
import { createTrainer, type Trainer } from "./trainer.ts";
import { createValidation, type Validation } from "./validation.ts";

export interface TrainingProgress {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean of the last call's steps. */
  readonly loss: number;
  readonly stepsPerSecond: number;
  /** Seconds until the last step, if training does not stop earlier. */
  readonly remaining: number;
  readonly last?: HistoryEntry;
}

export interface TrainArguments {
  readonly model: Model;
  /** As the model sees them: standardised, where the configuration says so. */
  readonly train: Rows;
  /** May have no rows: then the last weights are kept and nothing stops early. */
  readonly validation: Rows;
  /** Condition of each row, for conditional models. */
  readonly context?: { readonly train: Rows; readonly validation: Rows };
  readonly options: TrainingOptions;
  readonly engine?: EngineOptions;
  readonly rng: Rng;
  readonly checkpoints?: CheckpointStore;
  /**
   * Told when nothing is wrong with the model and the options, before a checkpoint is looked for and the first step is made; of
   * greedy training before each layer. A closed form does not tell it.
   */
  readonly onBegin?: () => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Aborted: a checkpoint is written after the running call, and the result is "interrupted". */
  readonly signal?: AbortSignal;
}

export interface TrainingResult {
  readonly status: "done" | "diverged" | "interrupted";
  readonly reason?: string;
  /** Steps done. */
  readonly steps: number;
  /** Time spent on steps and evaluations, interrupted runs included. */
  readonly seconds: number;
  /** Entries of all trained arrays. */
  readonly parameters: number;
  /** Mean since the evaluation before the last, or the one that was not finite; null where no step was judged. */
  readonly trainLoss: number | null;
  readonly valMonitor: {
    readonly name: "nll" | "loss" | "score";
    /** NaN where it was not finite; null without validation rows or steps. */
    readonly value: number | null;
  };
  readonly history: readonly HistoryEntry[];
  readonly notes: readonly string[];
}

/** What the loop works with. */
interface Run {
  readonly args: TrainArguments;
  readonly plan: Plan;
  readonly trainer: Trainer;
  readonly validation: Validation | undefined;
  readonly progress: Progress;
  /** Weights of the best evaluation, by slot key. */
  best: Arrays | undefined;
  /** Why the last evaluation gave no value, where the model knows it. */
  failure: string | undefined;
  /** The loss that ended the training, since it was not finite. */
  lost: number | undefined;
}

/**
 * Trains a model (or fits it, where there is a closed form) and leaves the weights in the slots of its store: those of
 * the best evaluation on the whole validation set, unless `restoreBest` is off.
 */
export async function train(args: TrainArguments): Promise<TrainingResult> {
  if (args.train.count === 0) throw new Error("train: expected at least 1 training row, got 0.");
  return args.options.greedy && !args.model.fit
    ? trainGreedily(args, trainWhole)
    : trainWhole(args);
}

async function trainWhole(args: TrainArguments): Promise<TrainingResult> {
  const { model, options, rng } = args;
  const monitor = options.monitor === "auto" ? model.monitor : options.monitor;
  if (model.fit) return fitClosedForm(args, monitor);
  const variables = model.store.slots("variable");
  if (variables.length === 0)
    throw new ModelError(
      "train: expected a model with variables, got one without; make its weights with store.variable, or give it a fit.",
    );
  const parameters = variables.reduce((count, slot) => count + slot.values.length, 0);
  const plan = planTraining(options, args.train.count, parameters);
  model.checkTraining?.({
    batch: plan.batch,
    ...(args.context && { context: args.context.train }),
  });
  args.onBegin?.();
  const loaded = await args.checkpoints?.load();
  if (!loaded) await initialiseModel(args, rng.fork("initialise"));
  const run = await prepare(args, plan, monitor);
  try {
    if (loaded) resume(run, loaded.arrays, loaded.progress);
    const ended = await loop(run);
    if (ended.status === "interrupted") await save(run);
    const finite = await keepWeights(run);
    const outcome =
      ended.status === "done" && !finite ? diverged(weightsNotFinite(where(run))) : ended;
    const { step, seconds, history, best } = run.progress;
    const value = options.restoreBest ? best?.value : history.at(-1)?.validation;
    // Null says that nothing was measured; what diverged before its first evaluation would have had no finite value.
    const isMeasured = run.validation && (history.length > 0 || outcome.status === "diverged");
    return {
      ...outcome,
      steps: step,
      seconds,
      parameters,
      trainLoss: run.lost ?? history.at(-1)?.trainLoss ?? null,
      valMonitor: {
        name: monitor === "nll" && model.score ? "score" : monitor,
        value: value ?? (isMeasured ? NaN : null),
      },
      history,
      notes: [
        ...plan.notes,
        ...(run.validation ? [] : ["no validation rows: the last weights are kept"]),
      ],
    };
  } finally {
    await run.trainer.dispose();
    await run.validation?.dispose();
  }
}

async function prepare(args: TrainArguments, plan: Plan, monitor: "nll" | "loss"): Promise<Run> {
  const { model, train: rows, validation, context, options, engine = {}, rng } = args;
  const packed = packing(model.store.slots("variable"));
  const trainer = await createTrainer({
    model,
    rows,
    options,
    plan,
    packing: packed,
    engine,
    rng,
    ...(context ? { context: context.train } : {}),
  });
  const judge =
    validation.count === 0
      ? undefined
      : await createValidation({
          model,
          rows: validation,
          monitor,
          engine,
          rng: rng.fork("validation"),
          ...(context ? { context: context.validation } : {}),
        });
  return {
    ...{ args, plan, trainer, validation: judge, progress: freshProgress() },
    ...{ best: undefined, failure: undefined, lost: undefined },
  };
}

type Outcome = Pick<TrainingResult, "status" | "reason">;

async function loop(run: Run): Promise<Outcome> {
  const { args, plan, trainer, progress } = run;
  const { options, signal } = args;
  while (progress.step < plan.steps) {
    if (options.patience !== null && progress.sinceBest >= options.patience) break;
    if (signal?.aborted) return { status: "interrupted", reason: `at step ${progress.step}` };
    const started = performance.now();
    const boundary = nextBoundary(progress.step, plan);
    const count = Math.min(plan.chunk, boundary - progress.step);
    const losses = await trainer.run(progress.step, count);
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) {
      progress.step += bad;
      progress.seconds += (performance.now() - started) / 1000;
      run.lost = losses[bad];
      return diverged(lossNotFinite(losses[bad] ?? NaN, { ...where(run), steps: plan.steps }));
    }
    progress.step += count;
    progress.lossCount += count;
    progress.lossSum += losses.reduce((sum, loss) => sum + loss, 0);
    if (progress.step === boundary) await evaluate(run);
    const elapsed = (performance.now() - started) / 1000;
    progress.seconds += elapsed;
    report(run, losses.reduce((sum, loss) => sum + loss, 0) / count);
    if (plan.checkpointEvery > 0 && progress.step % plan.checkpointEvery === 0) await save(run);
  }
  return run.validation && progress.history.length > 0 && progress.best === null
    ? diverged(neverFinite(where(run), run.failure))
    : { status: "done" };
}

const where = ({ args, progress }: Run) => ({
  step: progress.step,
  learningRate: args.options.learningRate,
});

const diverged = (reason: string): Outcome => ({ status: "diverged", reason });

const nextBoundary = (step: number, { steps, evaluateEvery }: Plan): number =>
  Math.min(steps, (Math.floor(step / evaluateEvery) + 1) * evaluateEvery);

/** Judges the weights on the whole validation set and keeps them if they are the best so far. */
async function evaluate(run: Run): Promise<void> {
  const { trainer, validation, progress } = run;
  const entry = { step: progress.step, trainLoss: progress.lossSum / progress.lossCount };
  progress.lossSum = 0;
  progress.lossCount = 0;
  if (!validation) {
    progress.history.push(entry);
    return;
  }
  const weights = trainer.weights(await trainer.snapshot());
  const { value, failure } = await validation.evaluate(weights);
  run.failure = failure;
  const finite = Number.isFinite(value);
  progress.history.push({ ...entry, validation: finite ? value : null });
  if (finite && (progress.best === null || value < progress.best.value)) {
    progress.best = { step: progress.step, value };
    progress.sinceBest = 0;
    run.best = weights;
  } else progress.sinceBest++;
}

function report({ args, plan, progress }: Run, loss: number): void {
  const stepsPerSecond = progress.step / progress.seconds;
  const last = progress.history.at(-1);
  args.onProgress?.({
    step: progress.step,
    steps: plan.steps,
    loss,
    stepsPerSecond,
    remaining: (plan.steps - progress.step) / stepsPerSecond,
    ...(last ? { last } : {}),
  });
}

const BEST = "best/";

async function save({ args, trainer, progress, best }: Run): Promise<void> {
  if (!args.checkpoints) return;
  const kept = Object.entries(best ?? {}).map(([name, values]) => [BEST + name, values] as const);
  const arrays = { ...(await trainer.snapshot()), ...Object.fromEntries(kept) };
  await args.checkpoints.save({ progress: structuredClone(progress), arrays });
}

function resume(run: Run, arrays: Arrays, progress: Progress): void {
  const entries = Object.entries(arrays);
  const best = entries.filter(([name]) => name.startsWith(BEST));
  run.trainer.restore(Object.fromEntries(entries.filter(([name]) => !name.startsWith(BEST))));
  if (best.length > 0)
    run.best = Object.fromEntries(best.map(([name, values]) => [name.slice(BEST.length), values]));
  Object.assign(run.progress, structuredClone(progress));
}

/** Puts the weights to be kept into the model's slots; false where some are not finite. */
async function keepWeights({ args, trainer, best }: Run): Promise<boolean> {
  const { model, options } = args;
  const weights = options.restoreBest && best ? best : trainer.weights(await trainer.snapshot());
  const slots = model.store.slots("variable", "state");
  for (const slot of slots) {
    const values = weights[slotKey(slot)];
    if (values) slot.values = Float64Array.from(values);
  }
  return slots.every(({ values }) => values.every(Number.isFinite));
}
