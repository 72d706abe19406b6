import { compile, type Arrays, type Compiled, type EngineOptions } from "../engine/index.ts";
import { slotKey } from "../evaluation/slots.ts";
import { drawNoise } from "../math/noise.ts";
import type { Rng } from "../math/rng.ts";
import { selectRows, type Rows } from "../math/rows.ts";
import type { Model } from "../model.ts";
import { createBatches } from "./batches.ts";
import { controlsAt, CONTROLS } from "./optimiser.ts";
import type { TrainingOptions } from "./options.ts";
import { pack, unpack, type Packing } from "./pack.ts";
import type { Plan } from "./plan.ts";
import { names, trainingStep } from "./step.ts";

/** The device's side of training: runs steps, gives and takes the state. */
export interface Trainer {
  /** Runs steps from..from+count−1; gives the loss of each. */
  run(from: number, count: number): Promise<Float64Array>;
  /** Parameters, moments and states as they stand, without the rows. */
  snapshot(): Promise<Arrays>;
  restore(arrays: Arrays): void;
  /** Of a snapshot, what is evaluated and kept: variables (their running mean, if there is one) and states by slot. */
  weights(snapshot: Arrays): Arrays;
  dispose(): Promise<void>;
}

export interface TrainerArguments {
  readonly model: Model;
  readonly rows: Rows;
  readonly context?: Rows;
  readonly options: TrainingOptions;
  readonly plan: Plan;
  readonly packing: Packing;
  readonly engine: EngineOptions;
  readonly rng: Rng;
}

export async function createTrainer(args: TrainerArguments): Promise<Trainer> {
  const { context, rows, plan } = args;
  const feeds = createFeeds(args);
  const data: Arrays = { rows: rows.values, ...(context ? { context: context.values } : {}) };
  const programs = [await compileStep(args, plan.chunk, data)];
  let active = programs[0] as CompiledStep;
  active.program.set(startState(args));

  const snapshot = (): Promise<Arrays> => active.program.get(active.changing);
  /** Makes the program for so many steps per call the active one, and hands the state over to it. */
  const activate = async (repeat: number): Promise<void> => {
    if (active.repeat === repeat) return;
    const state = await snapshot();
    let next = programs.find((candidate) => candidate.repeat === repeat);
    if (!next) programs.push((next = await compileStep(args, repeat, data)));
    next.program.set(state);
    active = next;
  };
  return {
    async run(from, count) {
      await activate(count === plan.chunk ? plan.chunk : 1);
      const { repeat, program } = active;
      const losses = new Float64Array(count);
      for (let done = 0; done < count; done += repeat) {
        const { loss } = await program.run(feeds(from + done, repeat));
        losses.set(loss ?? [NaN], done);
      }
      return losses;
    },
    snapshot,
    restore: (arrays) => {
      active.program.set(arrays);
    },
    weights: (arrays) => evaluatedWeights(args, arrays),
    async dispose() {
      for (const { program } of programs) await program.dispose();
    },
  };
}

interface CompiledStep {
  /** Steps per call. */
  readonly repeat: number;
  readonly program: Compiled;
  /** Names of the state without the rows. */
  readonly changing: readonly string[];
}

async function compileStep(
  { model, rows, context, options, plan, packing, engine }: TrainerArguments,
  repeat: number,
  data: Arrays,
): Promise<CompiledStep> {
  const step = trainingStep({
    model,
    packing,
    options,
    batch: plan.batch,
    rows: rows.count,
    repeat,
    ...(context ? { contextShape: context.shape } : {}),
  });
  const program = await compile(step, engine);
  program.set(data);
  const changing = Object.keys(step.state ?? {}).filter((name) => !Object.hasOwn(data, name));
  return { repeat, program, changing };
}

function evaluatedWeights({ model, options, packing }: TrainerArguments, snapshot: Arrays): Arrays {
  const part = options.ema === null ? names.parameter : names.ema;
  const packed = Object.fromEntries(
    packing.matrices.flatMap(({ name }) => {
      const values = snapshot[part(name)];
      return values ? [[name, values] as const] : [];
    }),
  );
  const states = model.store.slots("state").flatMap((slot) => {
    const values = snapshot[slotKey(slot)];
    return values ? [[slotKey(slot), values] as const] : [];
  });
  return { ...unpack(packing, packed), ...Object.fromEntries(states) };
}

/** The state of step 0: the store's values, moments of zero. */
function startState({ model, packing, options }: TrainerArguments): Arrays {
  const state: Arrays = {};
  for (const [name, values] of Object.entries(pack(packing))) {
    state[names.parameter(name)] = values;
    if (options.ema !== null) state[names.ema(name)] = values;
  }
  for (const slot of model.store.slots("state")) state[slotKey(slot)] = slot.values;
  return state;
}

type Feeds = (from: number, count: number) => Arrays;

/** What the host feeds for steps from..from+count−1: a function of the seed and the steps' numbers alone. */
function createFeeds({ model, rows, context, options, plan, rng }: TrainerArguments): Feeds {
  const batches = createBatches(rows.count, plan.batch, rng.fork("batches"));
  const noiseStream = rng.fork("noise");
  const specs = Object.entries(model.noise ?? {});
  type Noise = Readonly<Record<string, Float64Array>>;
  const prepared = (index: Int32Array, noise: Noise): Noise =>
    model.prepare?.(selectRows(rows, index), noise, context && selectRows(context, index)) ?? noise;
  return (from, count) => {
    const steps = Array.from({ length: count }, (_, i) => from + i);
    const index = new Int32Array(count * plan.batch);
    steps.forEach((step, i) => {
      index.set(batches(step), i * plan.batch);
    });
    const feeds: Arrays = { index, step: Float64Array.from(steps) };
    const controls = steps.map((step) => controlsAt(step, plan.steps, options));
    for (const name of CONTROLS) feeds[name] = Float64Array.from(controls, (c) => c[name]);
    const drawn = steps.map((step) => {
      const stream = noiseStream.fork(step);
      return prepared(
        batches(step),
        Object.fromEntries(
          specs.map(([name, { kind, shape }]) => [
            name,
            drawNoise(kind, shape(plan.batch), stream.fork(name)),
          ]),
        ),
      );
    });
    for (const [name] of specs)
      feeds[names.noise(name)] = concatenate(
        drawn.map((noise) => noise[name] ?? new Float64Array(0)),
      );
    return feeds;
  };
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
