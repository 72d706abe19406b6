import { readsOf, type Graph, type Node, type Value } from "../graph.ts";

/** Keeps only the nodes that an output needs, in bodies too. */
export function deadCode(graph: Graph): Graph {
  const live = new Set<Value>(graph.outputs);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => live.has(output))) continue;
    const kept = node.body === undefined ? node : { ...node, body: deadCode(node.body) };
    readsOf(kept).forEach((value) => live.add(value));
    nodes.push(kept);
  }
  return { ...graph, nodes: nodes.reverse() };
}
