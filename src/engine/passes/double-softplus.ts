import { scalar } from "../kernels/kernel.ts";
import type { Rule } from "./rewrite.ts";

/** ln(1 + eˣ) is x to the last bit of a double from 37 on. */
const LINEAR_FROM = 40;

/**
 * ONNX Runtime's Softplus in double precision is ln(1 + eˣ) as it stands, infinite from 710 on:
 * softplus(x) = softplus(min(x, 40)) + relu(x − 40).
 */
export const doubleSoftplus: Rule = (node, to) => {
  const [x] = node.inputs;
  if (node.op !== "Softplus" || x === undefined) return undefined;
  // What this rule has written itself.
  const limited = to.producer(x);
  if (limited?.op === "Min" && limited.inputs[1]?.data?.[0] === LINEAR_FROM) return undefined;
  const start = scalar(LINEAR_FROM);
  const low = to.emit("Min", [x, start], x.shape, x.type);
  const bent = to.emit("Softplus", [low], x.shape, x.type);
  const rest = to.emit("Relu", [to.emit("Sub", [x, start], x.shape, x.type)], x.shape, x.type);
  return [to.emit("Add", [bent, rest], x.shape, x.type)];
};
