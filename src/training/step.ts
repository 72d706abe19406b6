import { tf, type Program, type Shape, type Spec, type Scalar } from "../engine/index.ts";
import type { Tensor, Tensors } from "../engine/index.ts";
import { bindSlots, constantSlots, slotSpecs } from "../evaluation/slots.ts";
import type { Model } from "../model.ts";
import { adamStep, clipByGlobalNorm, CONTROLS } from "./optimiser.ts";
import type { TrainingOptions } from "./options.ts";
import { unpackTensors, type Packing } from "./pack.ts";

export interface StepArguments {
  readonly model: Model;
  readonly packing: Packing;
  readonly options: TrainingOptions;
  readonly batch: number;
  readonly rows: number;
  readonly contextShape?: Shape;
  /** Steps per call. */
  readonly repeat: number;
}

/** Names of the program's parts; a model's slots stand beside them as `slot/…`. */
export const names = {
  parameter: (matrix: string): string => `parameter/${matrix}`,
  first: (matrix: string): string => `first/${matrix}`,
  second: (matrix: string): string => `second/${matrix}`,
  ema: (matrix: string): string => `ema/${matrix}`,
  noise: (name: string): string => `noise/${name}`,
};

/**
 * The training step: gather the batch, loss, gradients of the packed matrices, one Adam step per matrix. The training
 * rows, the parameters and all that belongs to them are state and stay on the device.
 */
export function trainingStep(args: StepArguments): Program {
  const { model, packing, options, batch, rows, contextShape, repeat } = args;
  const inputs: Record<string, Spec> = {
    index: { shape: [batch], dtype: "int32" },
    step: { shape: [] },
  };
  for (const control of CONTROLS) inputs[control] = { shape: [] };
  for (const [name, spec] of Object.entries(model.noise ?? {}))
    inputs[names.noise(name)] = { shape: spec.shape(batch) };
  const state: Record<string, Spec> = { rows: { shape: [rows, ...model.shape] } };
  if (contextShape) state["context"] = { shape: [rows, ...contextShape] };
  for (const { name, shape } of packing.matrices)
    for (const part of [
      names.parameter,
      names.first,
      names.second,
      ...(options.ema === null ? [] : [names.ema]),
    ])
      state[part(name)] = { shape };
  Object.assign(state, slotSpecs(model.store.slots("state")));
  return {
    label: "training step",
    inputs,
    state,
    constants: constantSlots(model.store),
    ...(repeat > 1 ? { repeat } : {}),
    body: (tensors) => {
      const { loss, gradients, assigned, scalars } = differentiate(args, tensors);
      const outputs: Tensors = { loss, ...scalars };
      return { outputs, state: { ...assigned, ...update(args, tensors, gradients) } };
    },
  };
}

interface Differentiated {
  readonly loss: Tensor;
  /** One per packed matrix. */
  readonly gradients: readonly Tensor[];
  /** States that the loss assigned, by slot key. */
  readonly assigned: Tensors;
  readonly scalars: Tensors;
}

function differentiate({ model, packing }: StepArguments, tensors: Tensors): Differentiated {
  const get = (name: string): Tensor => tensors[name] as Tensor;
  const lossOf = model.loss?.bind(model);
  if (!lossOf) throw new Error("train: the model has neither a loss nor a closed-form fit.");
  const batch = tf.gather(get("rows"), get("index"));
  const context = tensors["context"] ? tf.gather(tensors["context"], get("index")) : undefined;
  const noise = Object.fromEntries(
    Object.keys(model.noise ?? {}).map((name) => [name, get(names.noise(name))]),
  );
  // The tape disposes of what its function does not return, so what else leaves it is kept by hand.
  let kept: { assigned: Tensors; scalars: Tensors } = { assigned: {}, scalars: {} };
  const { value, grads } = tf.valueAndGrads((...packed: Tensor[]) => {
    const bound = { ...tensors, ...unpackTensors(packing, packed) };
    const { result, assigned } = bindSlots(model.store, bound, () =>
      lossOf({
        batch,
        noise,
        step: get("step"),
        mode: "train",
        ...(context ? { context } : {}),
      }),
    );
    kept = { assigned: keep(assigned), scalars: keep(result.scalars ?? {}) };
    return result.loss as Scalar;
  })(packing.matrices.map(({ name }) => get(names.parameter(name))));
  return {
    loss: value,
    gradients: grads,
    assigned: release(kept.assigned),
    scalars: release(kept.scalars),
  };
}

const keep = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, tf.keep(tf.clone(t))]));

/** Gives kept tensors back to the scope around: a copy of the handle belongs to it, the kept one goes. */
const release = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const copy = tf.clone(tensor);
      tensor.dispose();
      return [name, copy];
    }),
  );

function update(
  { packing, options }: StepArguments,
  tensors: Tensors,
  gradients: readonly Tensor[],
): Tensors {
  const get = (name: string): Tensor => tensors[name] as Tensor;
  const clipped = options.clip === null ? gradients : clipByGlobalNorm(gradients, options.clip);
  const controls = { rate: get("rate"), epsilon: get("epsilon"), keep: get("keep") };
  const next: Tensors = {};
  packing.matrices.forEach(({ name }, i) => {
    const moments = { first: get(names.first(name)), second: get(names.second(name)) };
    const parameter = get(names.parameter(name));
    const step = adamStep(parameter, clipped[i] as Tensor, moments, controls, options);
    next[names.parameter(name)] = step.parameter;
    next[names.first(name)] = step.first;
    next[names.second(name)] = step.second;
    if (options.ema !== null) {
      const mean = get(names.ema(name));
      next[names.ema(name)] = tf.add(mean, tf.mul(tf.sub(step.parameter, mean), get("emaShare")));
    }
  });
  return next;
}
