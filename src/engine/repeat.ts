import { constant, type Graph, type Node, type Value } from "./graph.ts";

/** A recorded body: its inputs are the fed ones, then the state; its outputs the reported ones, then the new state. */
export interface Body {
  readonly graph: Graph;
  /** How many of the graph's inputs are fed anew in each repetition. */
  readonly fed: number;
  /** How many of its outputs are reported. */
  readonly reported: number;
  /** For each new state, in the order of the outputs: which of the graph's inputs it replaces. */
  readonly replaces: readonly Value[];
}

/**
 * Runs a body `times` times inside one ONNX Loop: fed inputs come stacked [times, …], the state goes from one
 * repetition to the next, and the reported outputs are stacked [times, …].
 */
export function repeatBody({ graph, fed, reported, replaces }: Body, times: number): Graph {
  const stackOf = ({ shape, type }: Value): Value => ({ shape: [times, ...shape], type });
  const copyOf = ({ shape, type }: Value): Value => ({ shape, type });

  const counter: Value = { shape: [], type: "int64" };
  const going: Value = { shape: [], type: "bool" };
  const stacked = graph.inputs.slice(0, fed).map(stackOf);
  const gathers = stacked.map((stack, i): Node => ({
    op: "Gather",
    inputs: [stack, counter],
    outputs: [graph.inputs[i] as Value],
    attributes: { axis: 0 },
  }));
  const stay = copyOf(going);
  const body: Graph = {
    inputs: [counter, going, ...replaces],
    outputs: [stay, ...graph.outputs.slice(reported), ...graph.outputs.slice(0, reported)],
    nodes: [
      { op: "Identity", inputs: [going], outputs: [stay], attributes: {} },
      ...gathers,
      ...graph.nodes,
    ],
  };

  const outside = replaces.map(copyOf);
  const after = replaces.map(copyOf);
  const reports = graph.outputs.slice(0, reported).map(stackOf);
  const loop: Node = {
    op: "Loop",
    inputs: [constant([times], [], "int64"), undefined, ...outside],
    outputs: [...after, ...reports],
    attributes: {},
    body,
  };
  // State that the body replaces enters the Loop under a new name; what it only reads is taken from outside.
  const inputs = [
    ...stacked,
    ...graph.inputs.slice(fed).map((value) => outside[replaces.indexOf(value)] ?? value),
  ];
  return { inputs, outputs: [...reports, ...after], nodes: [loop] };
}
