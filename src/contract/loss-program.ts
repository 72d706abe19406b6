import { tf, type Arrays, type Program, type Scalar, type Tensor } from "../engine/index.ts";
import { bindSlots, constantSlots, slotKey, slotSpecs } from "../evaluation/slots.ts";
import { createRng } from "../math/rng.ts";
import type { Model } from "../model.ts";
import { drawNoise } from "../training/noise.ts";
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
      const get = (name: string): Tensor => {
        const tensor = tensors[name];
        expect(tensor !== undefined, `the program has no tensor "${name}".`);
        return tensor;
      };
      const call = {
        batch: get("rows"),
        ...(contextSize > 0 ? { context: get("context") } : {}),
        noise: Object.fromEntries(
          noiseSpecs.map(([name]) => [name, get(`noise/${name}`)] as const),
        ),
        step: tf.scalar(0),
        mode: "train",
      } as const;
      const lossOf = (
        values: readonly Tensor[],
      ): { loss: Scalar; states: Record<string, Tensor> } => {
        const bound = { ...tensors };
        variables.forEach((slot, i) => {
          const value = values[i];
          if (value) bound[slotKey(slot)] = value;
        });
        const { result, assigned: states } = bindSlots(model.store, bound, () =>
          model.loss?.(call),
        );
        expect(result !== undefined, "the model has no loss.");
        return { loss: result.loss as Scalar, states };
      };
      const values = variables.map((slot) => get(slotKey(slot)));
      if (assigned) {
        const { loss, states } = lossOf(values);
        return { outputs: { loss, ...states } };
      }
      const { value, grads } = tf.valueAndGrads((...v: Tensor[]) => lossOf(v).loss)(values);
      const named = variables.map((slot, i) => [slotKey(slot), grads[i]] as const);
      const outputs: Record<string, Tensor> = { loss: value };
      for (const [name, gradient] of named) if (gradient) outputs[name] = gradient;
      return { outputs };
    },
  };
}

/** The random input of one step, always the same. */
export function lossNoise(model: Model, count: number): Arrays {
  const rng = createRng("contract: noise of the loss");
  return Object.fromEntries(
    Object.entries(model.noise ?? {}).map(([name, spec]) => [
      `noise/${name}`,
      drawNoise(spec, count, rng.fork(name)),
    ]),
  );
}
