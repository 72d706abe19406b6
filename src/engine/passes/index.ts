import { capturesOf, type Graph, type Node, type Value } from "../graph.ts";
import { algebra } from "./algebra.ts";
import { commonSubexpressions } from "./common-subexpressions.ts";
import { deadCode } from "./dead-code.ts";
import { doubleSoftplus } from "./double-softplus.ts";
import { gemmAdd, gemmTranspose, sumAsProduct } from "./gemm.ts";
import { limitOperands } from "./limit-operands.ts";
import type { Precision } from "../program.ts";
import { rewrite } from "./rewrite.ts";

export interface EngineLimits {
  /** How many parts a split or a join may have. */
  readonly mostOperands?: number;
  readonly precision?: Precision;
}

/** All passes, in order. The result computes the same function with fewer nodes, within the limits of the engine. */
export function optimise(
  graph: Graph,
  { mostOperands = Infinity, precision = "float32" }: EngineLimits = {},
): Graph {
  const once = commonSubexpressions(deadCode(graph));
  const simple = deadCode(commonSubexpressions(rewrite(once, algebra)));
  const fused = rewrite(simple, [gemmTranspose, gemmAdd, sumAsProduct]);
  const rules = [
    ...(mostOperands === Infinity ? [] : [limitOperands(mostOperands)]),
    ...(precision === "float64" ? [doubleSoftplus] : []),
  ];
  const limited = rules.length === 0 ? fused : rewrite(fused, rules);
  return sealOutputs(deadCode(limited));
}

/** ONNX wants every output to be made by a node of its own graph, and none to be named twice. */
function sealOutputs(graph: Graph): Graph {
  const nodes = graph.nodes.map((node): Node =>
    node.body === undefined ? node : { ...node, body: sealOutputs(node.body) },
  );
  const taken = new Set<Value>([...graph.inputs, ...capturesOf({ ...graph, nodes })]);
  const outputs = graph.outputs.map((value): Value => {
    if (!taken.has(value)) {
      taken.add(value);
      return value;
    }
    const copy: Value = { shape: value.shape, type: value.type };
    nodes.push({ op: "Identity", inputs: [value], outputs: [copy], attributes: {} });
    return copy;
  });
  return { inputs: graph.inputs, outputs, nodes };
}
