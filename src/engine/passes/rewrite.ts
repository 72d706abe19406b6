import { readsOf, type Graph, type Node, type Value } from "../graph.ts";
import type { Emitter } from "../kernels/kernel.ts";

/** What a rule may ask and do. */
export interface Rewriting extends Emitter {
  /** The node of this graph that makes a value. */
  producer(value: Value | undefined): Node | undefined;
  /** The nodes of this graph, before the one at hand, whose operator is `op` and that read `value`. */
  readers(value: Value, op: string): readonly Node[];
  /** How often a value was read when the round began; an output of the graph counts as one more. */
  uses(value: Value): number;
}

/** Gives the values that replace the node's outputs, or undefined to leave it. */
export type Rule = (node: Node, to: Rewriting) => readonly Value[] | undefined;

/** Applies rules to every node, bodies included, until none applies any more. */
export function rewrite(graph: Graph, rules: readonly Rule[], rounds = 8): Graph {
  let current = graph;
  for (let round = 0; round < rounds; round++) {
    const next = once(current, rules);
    if (!next.changed) return next.graph;
    current = next.graph;
  }
  return current;
}

function once(
  graph: Graph,
  rules: readonly Rule[],
  outer?: Map<Value, Value>,
): { graph: Graph; changed: boolean } {
  const replaced = new Map<Value, Value>(outer);
  const latest = (value: Value): Value => {
    let v = value;
    for (let next = replaced.get(v); next !== undefined; next = replaced.get(v)) v = next;
    return v;
  };
  const uses = countUses(graph);
  const producers = new Map<Value, Node>();
  const readers = new Map<Value | undefined, Node[]>();
  const nodes: Node[] = [];
  const push = (node: Node): void => {
    nodes.push(node);
    for (const input of new Set(node.inputs))
      readers.set(input, [...(readers.get(input) ?? []), node]);
    for (const output of node.outputs) producers.set(output, node);
  };
  const to: Rewriting = {
    producer: (value) => (value === undefined ? undefined : producers.get(value)),
    readers: (value, op) => readers.get(value)?.filter((node) => node.op === op) ?? [],
    uses: (value) => uses.get(value) ?? 0,
    emit: (op, inputs, shape, type, attributes = {}) => {
      const output: Value = { shape, type };
      push({ op, inputs, outputs: [output], attributes });
      return output;
    },
    emitMany: (op, inputs, outputs, attributes = {}) => {
      push({ op, inputs, outputs, attributes });
      return outputs;
    },
  };
  let changed = false;
  for (const old of graph.nodes) {
    const inner = old.body === undefined ? undefined : once(old.body, rules, replaced);
    changed ||= inner?.changed === true;
    const node: Node = {
      ...old,
      inputs: old.inputs.map((v) => (v === undefined ? v : latest(v))),
      ...(inner === undefined ? {} : { body: inner.graph }),
    };
    const result = firstResult(rules, node, to);
    if (result === undefined) push(node);
    else {
      changed = true;
      node.outputs.forEach((output, i) => replaced.set(output, result[i] as Value));
    }
  }
  return { graph: { inputs: graph.inputs, outputs: graph.outputs.map(latest), nodes }, changed };
}

function firstResult(
  rules: readonly Rule[],
  node: Node,
  to: Rewriting,
): readonly Value[] | undefined {
  for (const rule of rules) {
    const result = rule(node, to);
    if (result !== undefined) return result;
  }
  return undefined;
}

function countUses(graph: Graph): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of [...graph.nodes.flatMap(readsOf), ...graph.outputs])
    counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
