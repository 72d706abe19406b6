import { createStore, tf, type EngineOptions } from "../../engine/index.ts";
import type { Rng } from "../../math/rng.ts";
import type { Rows } from "../../math/rows.ts";
import type { Call, Model } from "../../model.ts";
import { mlp } from "../../nn/mlp.ts";
import { defaultsOf } from "../../options.ts";
import { trainingOptions } from "../../training/options.ts";
import { train } from "../../training/train.ts";
import { evaluateLogProb } from "../log-prob.ts";

/** Rows [N, D] and the class of each, [N, 1], 0 or 1. */
export interface Labelled {
  readonly rows: Rows;
  readonly labels: Rows;
}

export interface ClassifierOptions {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** At most; training stops earlier where the validation rows gain nothing. */
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/**
 * A perceptron for two classes as a model of the contract, so that it is trained like any other: its log-likelihood is
 * that of the row's label, which comes as its context, and its loss the mean cross-entropy.
 */
function classifierModel(size: number, hidden: readonly number[], rng: Rng): Model {
  const store = createStore();
  const shape = { inputs: size, outputs: 1, contextSize: 0 };
  const logit = mlp(store, shape, { hidden, activation: "relu", zeroLast: false }, rng);
  const logProb = (x: Parameters<typeof logit>[0], call: Call) => {
    if (!call.context) throw new Error("classifier: expected labels as context, got none.");
    // ln p(label) = −softplus(±logit), the sign being that of the other class.
    const sign = tf.sub(1, tf.mul(call.context, 2));
    return tf.neg(tf.squeeze(tf.softplus(tf.mul(sign, logit(x, { mode: call.mode }))), [1]));
  };
  return {
    shape: [size],
    store,
    monitor: "loss",
    loss: ({ batch, ...call }) => ({ loss: tf.neg(tf.mean(logProb(batch, call))) }),
    logProb: [{ name: "", provenance: { kind: "exact" }, value: logProb }],
    sampler: {
      noise: { size: 1, kind: "normal" },
      sample: () => {
        throw new Error("classifier: it has no rows to draw.");
      },
    },
  };
}

/** What a classifier is trained on, what says when to stop, and what it is tried on. */
export interface ClassifierRows {
  readonly train: Labelled;
  readonly validation: Labelled;
  readonly test: Labelled;
}

/**
 * Trains a classifier at a constant rate, keeps the weights of the best evaluation, and gives the share of the test rows
 * whose class it tells. Ties of the logit count as class 1.
 */
export async function classifierAccuracy(
  rows: ClassifierRows,
  { hidden, ...options }: ClassifierOptions,
  rng: Rng,
  engine: EngineOptions,
): Promise<number> {
  const { test: unknown } = rows;
  const model = classifierModel(unknown.rows.shape[0] ?? 0, hidden, rng.fork("start"));
  const { count } = unknown.rows;
  await train({
    model,
    train: rows.train.rows,
    validation: rows.validation.rows,
    context: { train: rows.train.labels, validation: rows.validation.labels },
    options: {
      ...defaultsOf(trainingOptions),
      ...options,
      schedule: "constant",
      clip: null,
      checkpointEvery: 0,
      evaluateEvery: 50,
      patience: 6,
    },
    engine,
    rng: rng.fork("training"),
  });
  const ones = { count, shape: [1], values: new Float64Array(count).fill(1) };
  const logOne = await evaluateLogProb({ model, rows: unknown.rows, context: ones, engine });
  const told = logOne.filter(
    (value, i) => (value >= -Math.LN2 ? 1 : 0) === (unknown.labels.values[i] ?? 0),
  );
  return told.length / count;
}
