import { compile, type Arrays, type EngineOptions } from "../engine/index.ts";
import { DEFAULT_BATCH, rowsPerCall } from "../evaluation/batched.ts";
import { compileLogProb, findLogProb } from "../evaluation/log-prob.ts";
import { bindSlots, constantSlots, slotSpecs } from "../evaluation/slots.ts";
import { drawNoise } from "../math/noise.ts";
import { sliceRows, type Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import type { LogProb, Model } from "../model.ts";
import { names } from "./step.ts";

/** The number that early stopping looks at, over the whole validation set; lower is better. */
export interface Validation {
  /** For values of the variables and states by slot key. */
  evaluate(values: Arrays): Promise<Judged>;
  dispose(): Promise<void>;
}

export interface Judged {
  readonly value: number;
  /** Why the likelihood has no value for some row, with the cure, where the model knows it. */
  readonly failure?: string | undefined;
}

export interface ValidationArguments {
  readonly model: Model;
  readonly rows: Rows;
  readonly context?: Rows;
  readonly monitor: "nll" | "loss";
  readonly engine: EngineOptions;
  readonly rng: Rng;
}

export function createValidation(args: ValidationArguments): Promise<Validation> {
  return args.monitor === "nll" ? nllValidation(args) : lossValidation(args);
}

/** What is averaged: a likelihood, or what a model puts in its place. */
type Score = NonNullable<Model["score"]> & Partial<LogProb>;

async function nllValidation(args: ValidationArguments): Promise<Validation> {
  const { model, rows, context, engine } = args;
  const likelihood: Score = model.score ?? findLogProb(model);
  const program = await compileLogProb({
    ...{ model, engine, likelihood },
    batch: Math.min(DEFAULT_BATCH, rows.count),
    contextShape: context?.shape,
  });
  return {
    async evaluate(values) {
      program.refresh(values);
      const { logProb, rows: measured } = await program.run(rows, context);
      const value = -logProb.reduce((sum, each) => sum + each, 0) / rows.count;
      return Number.isFinite(value)
        ? { value }
        : { value, failure: likelihood.conclude?.(measured).failure };
    },
    dispose: () => program.dispose(),
  };
}

/**
 * The mean training loss with the same noise at every evaluation. A loss is one number for its batch and cannot be
 * masked, so what is left over after the full batches gets a program of its own size.
 */
async function lossValidation(args: ValidationArguments): Promise<Validation> {
  const { rows } = args;
  const batch = Math.min(rowsPerCall(DEFAULT_BATCH, rows.shape), rows.count);
  const starts = Array.from({ length: Math.ceil(rows.count / batch) }, (_, i) => i * batch);
  const full = await lossProgram(args, batch);
  const rest = rows.count % batch;
  const last = rest === 0 ? undefined : await lossProgram(args, rest);
  return {
    async evaluate(values) {
      let sum = 0;
      for (const start of starts) {
        const program = start + batch <= rows.count ? full : last;
        if (program) sum += program.size * (await program.run(values, start));
      }
      return { value: sum / rows.count };
    },
    async dispose() {
      await full.dispose();
      await last?.dispose();
    },
  };
}

async function lossProgram(args: ValidationArguments, size: number) {
  const { model, context, engine } = args;
  const feeds = new Map<number, Arrays>();
  const specs = Object.entries(model.noise ?? {});
  const slots = model.store.slots("variable", "state");
  const program = await compile(
    {
      label: "validation loss",
      inputs: {
        batch: { shape: [size, ...model.shape] },
        step: { shape: [] },
        ...(context ? { context: { shape: [size, ...context.shape] } } : {}),
        ...Object.fromEntries(
          specs.map(([name, s]) => [names.noise(name), { shape: s.shape(size) }]),
        ),
      },
      state: slotSpecs(slots),
      constants: constantSlots(model.store),
      body: (tensors) => {
        const { batch, step, context: condition } = tensors;
        if (!batch || !step || !model.loss)
          throw new Error(
            'training.monitor: this family has no loss; set training.monitor to "nll".',
          );
        const noise = Object.fromEntries(
          specs.flatMap(([name]) => {
            const tensor = tensors[names.noise(name)];
            return tensor ? [[name, tensor]] : [];
          }),
        );
        const call = { batch, step, noise, mode: "evaluate" } as const;
        const { result } = bindSlots(model.store, tensors, () =>
          model.loss?.({ ...call, ...(condition ? { context: condition } : {}) }),
        );
        return { outputs: result ? { loss: result.loss } : {} };
      },
    },
    engine,
  );
  return {
    size,
    async run(values: Arrays, start: number): Promise<number> {
      program.set(values);
      // Made once: a model may take its time to prepare its noise.
      const fed = feeds.get(start) ?? feedsOf(args, start, size);
      feeds.set(start, fed);
      const { loss } = await program.run(fed);
      return loss?.[0] ?? NaN;
    },
    dispose: () => program.dispose(),
  };
}

/** Rows start..start+size−1 with their noise, which is the same at every evaluation. */
function feedsOf(
  { model, rows, context, rng }: ValidationArguments,
  start: number,
  size: number,
): Arrays {
  const batch = sliceRows(rows, start, size);
  const given = context && sliceRows(context, start, size);
  const stream = rng.fork(start);
  const drawn = Object.fromEntries(
    Object.entries(model.noise ?? {}).map(([name, { kind, shape }]) => [
      name,
      drawNoise(kind, shape(size), stream.fork(name)),
    ]),
  );
  const noise = Object.entries(model.prepare?.(batch, drawn, given) ?? drawn);
  return {
    batch: batch.values,
    step: Float64Array.of(0),
    ...(given && { context: given.values }),
    ...Object.fromEntries(noise.map(([name, values]) => [names.noise(name), values])),
  };
}
