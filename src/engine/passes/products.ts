import { sameShape, type Node, type Value } from "../graph.ts";
import { scalar } from "../kernels/kernel.ts";
import type { Rule } from "./rewrite.ts";

const output = ({ outputs }: Node): Value => outputs[0] as Value;
const operands = ({ inputs }: Node): [Value, Value] => [inputs[0] as Value, inputs[1] as Value];

/** Numbers that may change places with other factors: moving a larger one could overflow where the original did not. */
const MOST = 2 ** 20;
const modest = (factor: number): boolean =>
  Math.abs(factor) <= MOST && Math.abs(factor) >= 1 / MOST;

/** A product with a modest number: what is scaled, and by how much. */
function scaling(node: Node | undefined): { x: Value; factor: number } | undefined {
  if (node?.op !== "Mul") return undefined;
  const [a, b] = operands(node);
  const { shape } = output(node);
  for (const [x, number] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = number.data?.length === 1 ? (number.data[0] as number) : undefined;
    if (factor !== undefined && modest(factor) && sameShape(x.shape, shape)) return { x, factor };
  }
  return undefined;
}

/** (x·c)·d with two numbers is one product. */
const scaleTwice: Rule = (node, to) => {
  const outer = scaling(node);
  if (outer === undefined || to.uses(outer.x) !== 1) return undefined;
  const inner = scaling(to.producer(outer.x));
  const { shape, type } = output(node);
  if (inner === undefined || type !== "real") return undefined;
  return [to.emit("Mul", [inner.x, scalar(inner.factor * outer.factor)], shape, type)];
};

/** (x·c)·y is (x·y)·c, so that numbers meet at the end of a chain of products: a clamp's c and 1/c cancel. */
const scaleLast: Rule = (node, to) => {
  const { shape, type } = output(node);
  if (node.op !== "Mul" || type !== "real" || scaling(node) !== undefined) return undefined;
  const [a, b] = operands(node);
  for (const [scaled, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const inner = to.uses(scaled) === 1 ? scaling(to.producer(scaled)) : undefined;
    if (inner === undefined) continue;
    const product = to.emit("Mul", [inner.x, other], shape, type);
    return [to.emit("Mul", [product, scalar(inner.factor)], shape, type)];
  }
  return undefined;
};

/** (u·v)·w is u·(v·w) where v·w is there already: an affine map's gradient with respect to its log-scale. */
const knownProduct: Rule = (node, to) => {
  const { shape, type } = output(node);
  if (node.op !== "Mul" || type !== "real") return undefined;
  const [a, b] = operands(node);
  for (const [product, w] of [
    [a, b],
    [b, a],
  ] as const) {
    const inner = to.uses(product) === 1 ? to.producer(product) : undefined;
    if (inner?.op !== "Mul") continue;
    const [u, v] = operands(inner);
    for (const [left, right] of [
      [u, v],
      [v, u],
    ] as const) {
      const known = to
        .readers(w, "Mul")
        .find((other) => other.inputs.includes(right) && right !== w);
      if (known !== undefined) return [to.emit("Mul", [left, output(known)], shape, type)];
    }
  }
  return undefined;
};

/** How chains of products are put in order. */
export const products: readonly Rule[] = [scaleTwice, knownProduct, scaleLast];
