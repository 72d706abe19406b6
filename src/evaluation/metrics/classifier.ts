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
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly weightDecay: number;
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

/** Trains a classifier and gives the share of other rows whose class it tells. Ties of the logit count as class 1. */
export async function classifierAccuracy(
  known: Labelled,
  unknown: Labelled,
  { hidden, ...options }: ClassifierOptions,
  rng: Rng,
  engine: EngineOptions,
): Promise<number> {
  const size = known.rows.shape[0] ?? 0;
  const model = classifierModel(size, hidden, rng.fork("start"));
  const { count } = unknown.rows;
  const none = { count: 0, shape: [size], values: new Float64Array(0) };
  await train({
    model,
    train: known.rows,
    validation: none,
    context: { train: known.labels, validation: { ...none, shape: [1] } },
    options: {
      ...defaultsOf(trainingOptions),
      ...options,
      clip: null,
      checkpointEvery: 0,
      evaluateEvery: options.steps,
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
