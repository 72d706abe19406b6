import type { DType, Shape } from "./program.ts";

/** `real` becomes float32 or float64 when the graph is encoded; int64 serves only as axes, shapes and counters. */
export type ValueType = DType | "int64";

/** An edge of the graph: what one node produces, a graph input, or (with `data`) a constant. */
export interface Value {
  readonly shape: Shape;
  readonly type: ValueType;
  readonly data?: ArrayLike<number>;
}

export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly cast: ValueType };

/** An ONNX operator. Missing optional inputs are undefined. `body` is the sub-graph of a Loop. */
export interface Node {
  readonly op: string;
  /** "" is ONNX itself. */
  readonly domain?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly body?: Graph;
}

/** Nodes in an order in which they can run. A body may use values of the graphs around it. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export const constant = (data: ArrayLike<number>, shape: Shape, type: ValueType): Value => ({
  shape,
  type,
  data,
});

/** A constant whose entries are all equal, as one number. */
export function uniformValue(value: Value | undefined): number | undefined {
  const data = value?.data;
  if (data === undefined || data.length === 0) return undefined;
  const first = data[0] as number;
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return undefined;
  return first;
}

/** All values that a node reads, those that its body takes from outside included. */
export function readsOf(node: Node): Value[] {
  const reads = node.inputs.filter((v) => v !== undefined);
  return node.body === undefined ? reads : [...reads, ...capturesOf(node.body)];
}

/** Values of the surrounding graphs, constants included, that a graph reads. */
export function capturesOf(graph: Graph): Value[] {
  const own = new Set<Value>(graph.inputs);
  const captured = new Set<Value>();
  const read = (value: Value): void => {
    if (!own.has(value)) captured.add(value);
  };
  for (const node of graph.nodes) {
    readsOf(node).forEach(read);
    for (const output of node.outputs) own.add(output);
  }
  graph.outputs.forEach(read);
  return [...captured];
}
