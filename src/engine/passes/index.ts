import { capturesOf, type Graph, type Node, type Value } from "../graph.ts";
import { algebra } from "./algebra.ts";
import { commonSubexpressions } from "./common-subexpressions.ts";
import { deadCode } from "./dead-code.ts";
import { gemmAdd, gemmTranspose, sumAsProduct } from "./gemm.ts";
import { limitOperands } from "./limit-operands.ts";
import { rewrite } from "./rewrite.ts";

/**
 * All passes, in order. The result computes the same function with fewer nodes.
 *
 * @param mostOperands how many parts a split or a join may have, where the engine sets a limit
 */
export function optimise(graph: Graph, mostOperands = Infinity): Graph {
  const once = commonSubexpressions(deadCode(graph));
  const simple = deadCode(commonSubexpressions(rewrite(once, algebra)));
  const fused = rewrite(simple, [gemmTranspose, gemmAdd, sumAsProduct]);
  const limited = mostOperands === Infinity ? fused : rewrite(fused, [limitOperands(mostOperands)]);
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
