import { buildFor, correlatedRows } from "../../src/contract/subject.ts";
import { createStore, tf } from "../../src/engine/index.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { createRng } from "../../src/math/rng.ts";
import type { Model } from "../../src/model.ts";
import { defaultsOf } from "../../src/options.ts";
import type { Checkpoint } from "../../src/training/checkpoint.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/training/checkpoint.ts";
import { trainingOptions, type TrainingOptions } from "../../src/training/options.ts";
import type { TrainArguments } from "../../src/training/train.ts";

export const options = (changes: Partial<TrainingOptions> = {}): TrainingOptions => ({
  ...defaultsOf(trainingOptions),
  steps: 60,
  batch: 50,
  evaluateEvery: 20,
  learningRate: 0.01,
  ...changes,
});

export const smallFlow = (changes: Record<string, unknown> = {}): Model =>
  buildFor(realNvp, 2, { options: { layers: 2, hidden: [8], ...changes } });

/** A training of `model` on correlated Gaussian rows. */
export const setUp = (model: Model, changes: Partial<TrainingOptions> = {}): TrainArguments => ({
  model,
  train: correlatedRows(300, 2, createRng("train")),
  validation: correlatedRows(130, 2, createRng("validation")),
  options: options(changes),
  rng: createRng(3),
});

/** Checkpoints kept as bytes, so that what is lost on the way to a file is lost here too. */
export function memoryCheckpoints() {
  const saved: Uint8Array[] = [];
  return {
    saved,
    load: (): Promise<Checkpoint | undefined> => {
      const bytes = saved.at(-1);
      return Promise.resolve(bytes && decodeCheckpoint(bytes));
    },
    save: (checkpoint: Checkpoint): Promise<void> => {
      saved.push(encodeCheckpoint(checkpoint));
      return Promise.resolve();
    },
  };
}

/**
 * The simplest model with every part that a real one may lack: loss ½ mean‖x − location − noise‖², a state that counts
 * the training steps, a variable of rank 1 and one of rank 3.
 */
export function noisyLocation(): Model {
  const store = createStore();
  const location = store.variable("location", [2], [5, -5]);
  const unused = store.variable("cube", [1, 1, 2], [0, 0]);
  const counter = store.state("counter", [1, 1], [0]);
  return {
    shape: [2],
    store,
    monitor: "loss",
    noise: { jitter: { shape: (batch) => [batch, 2], kind: "normal" } },
    loss({ batch, noise, mode }) {
      if (mode === "train") counter.assign(tf.add(counter.read(), 1));
      const jitter = noise["jitter"];
      if (!jitter) throw new Error("no noise");
      const target = tf.add(location.read(), tf.mul(jitter, 0.1));
      const distance = tf.mean(tf.sum(tf.square(tf.sub(batch, target)), 1));
      const loss = tf.add(tf.mul(distance, 0.5), tf.sum(tf.square(unused.read())));
      return { loss, scalars: { distance } };
    },
    logProb: [],
    sampler: { noise: { size: 2, kind: "normal" }, sample: (noise) => ({ x: noise }) },
  };
}

export const valuesOf = (model: Model): number[] =>
  model.store.slots("variable", "state").flatMap((slot) => [...slot.values]);
