import {
  tf,
  type Arrays,
  type Program,
  type Scalar,
  type Tensor,
  type Tensors,
} from "../engine/index.ts";
import { bindSlots, constantSlots, slotKey, slotSpecs } from "../evaluation/slots.ts";
import { drawNoise } from "../math/noise.ts";
import { createRng } from "../math/rng.ts";
import type { LossCall, Model } from "../model.ts";
import { expect } from "./check.ts";

export interface LossProgramOptions {
  /** Rows of the batch. */
  readonly count: number;
  readonly contextSize: number;
  /** Give the states that the loss assigns, by slot key, instead of the gradients of all variables. */
  readonly assigned?: boolean;
}

/** Inputs rows, context and noise/…; outputs the training loss and one gradient (or assigned state) per slot key. */
export function lossProgram(
  model: Model,
  { count, contextSize, assigned = false }: LossProgramOptions,
): Program {
  const variables = model.store.slots("variable");
  const noiseSpecs = Object.entries(model.noise ?? {});
  const noiseInputs = noiseSpecs.map(
    ([name, spec]) => [`noise/${name}`, { shape: spec.shape(count) }] as const,
  );
  return {
    label: "loss and gradients",
    inputs: {
      rows: { shape: [count, ...model.shape] },
      ...(contextSize > 0 ? { context: { shape: [count, contextSize] } } : {}),
      ...Object.fromEntries(noiseInputs),
    },
    state: slotSpecs(model.store.slots("variable", "state")),
    constants: constantSlots(model.store),
    body: (tensors) => {
      const values = variables.map((slot) => get(tensors, slotKey(slot)));
      const lossOf = lossFunction(model, tensors);
      if (assigned) {
        const { loss, states } = lossOf(values);
        return { outputs: { loss, ...states } };
      }
      // TensorFlow.js throws where the loss does not reach a variable; this way the variable can be named.
      const reachingAll = (...v: Tensor[]): Scalar => {
        const nothing = v.map((variable): Scalar => tf.mul(tf.sum(variable), 0));
        return tf.addN([lossOf(v).loss, ...nothing]);
      };
      const { value, grads } = tf.valueAndGrads(reachingAll)(values);
      const named = variables.map((slot, i) => [slotKey(slot), grads[i]] as const);
      const outputs: Tensors = { loss: value };
      for (const [name, gradient] of named) if (gradient) outputs[name] = gradient;
      return { outputs };
    },
  };
}

const get = (tensors: Tensors, name: string): Tensor => {
  const tensor = tensors[name];
  expect(tensor !== undefined, `the program has no tensor "${name}".`);
  return tensor;
};

/** The training loss as a function of the variables, and the states that it assigns. */
function lossFunction(
  model: Model,
  tensors: Tensors,
): (values: readonly Tensor[]) => { loss: Scalar; states: Tensors } {
  const { context } = tensors;
  const names = Object.keys(model.noise ?? {});
  const call: LossCall = {
    batch: get(tensors, "rows"),
    ...(context ? { context } : {}),
    noise: Object.fromEntries(names.map((name) => [name, get(tensors, `noise/${name}`)])),
    step: tf.scalar(0),
    mode: "train",
  };
  return (values) => {
    const bound = { ...tensors };
    model.store.slots("variable").forEach((slot, i) => {
      const value = values[i];
      if (value) bound[slotKey(slot)] = value;
    });
    const { result, assigned } = bindSlots(model.store, bound, () => model.loss?.(call));
    expect(result !== undefined, "the model has no loss.");
    return { loss: result.loss as Scalar, states: assigned };
  };
}

/** The random input of one step, always the same. */
export function lossNoise(model: Model, count: number): Arrays {
  const rng = createRng("contract: noise of the loss");
  return Object.fromEntries(
    Object.entries(model.noise ?? {}).map(([name, spec]) => [
      `noise/${name}`,
      drawNoise(spec.kind, spec.shape(count), rng.fork(name)),
    ]),
  );
}
