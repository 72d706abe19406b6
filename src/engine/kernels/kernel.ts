import { constant, type Attribute, type Node, type Value, type ValueType } from "../graph.ts";
import type { Shape } from "../program.ts";

/** Writes nodes while a function is recorded. */
export interface Emitter {
  /** One ONNX node with one output. */
  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: Shape,
    type: ValueType,
    attributes?: Node["attributes"],
  ): Value;
  /** One ONNX node with several outputs. */
  emitMany(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly Value[],
    attributes?: Node["attributes"],
  ): readonly Value[];
}

export type KernelInputs = Readonly<Record<string, Value>>;
export type KernelAttributes = Readonly<Record<string, unknown>>;

/**
 * How a TensorFlow.js kernel is written in ONNX. Inputs come by TensorFlow.js's names; kernels that take a list
 * (Concat, Pack, AddN) get "0", "1", …
 */
export type Kernel = (
  to: Emitter,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => Value | readonly Value[];

export const ints = (values: readonly number[]): Value =>
  constant(values, [values.length], "int64");
export const scalar = (value: number, type: ValueType = "real"): Value =>
  constant([value], [], type);

export const cast = (to: Emitter, x: Value, type: ValueType): Value =>
  x.type === type ? x : to.emit("Cast", [x], x.shape, type, { to: { cast: type } });

export const reshape = (to: Emitter, x: Value, shape: Shape): Value =>
  to.emit("Reshape", [x, ints(shape)], shape, x.type);

export const transpose = (to: Emitter, x: Value, perm: readonly number[]): Value =>
  to.emit(
    "Transpose",
    [x],
    perm.map((p) => x.shape[p] as number),
    x.type,
    { perm },
  );

/** The list of a kernel that takes one. */
export const listOf = (inputs: KernelInputs): Value[] => Object.values(inputs);

export const input = (inputs: KernelInputs, name: string): Value => {
  const value = inputs[name];
  if (value === undefined) throw new Error(`engine: kernel input "${name}" is missing.`);
  return value;
};

export type { Attribute, Value };
