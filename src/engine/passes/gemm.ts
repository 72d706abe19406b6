import { constant, sameShape, sizeOf, type Node, type Value } from "../graph.ts";
import { ints } from "../kernels/kernel.ts";
import type { Rewriting, Rule } from "./rewrite.ts";

const output = ({ outputs }: Node): Value => outputs[0] as Value;

/** A Gemm without a third operand that only this node reads. */
const plainGemm = (value: Value | undefined, to: Rewriting): Node | undefined => {
  const node = to.producer(value);
  return node?.op === "Gemm" && node.inputs[2] === undefined && to.uses(value as Value) === 1
    ? node
    : undefined;
};

/** Gemm + bias, and the sum of a product and a matrix, are one Gemm with a third operand. */
export const gemmAdd: Rule = (node, to) => {
  if (node.op !== "Add" || output(node).shape.length !== 2) return undefined;
  const { shape, type } = output(node);
  const [a, b] = node.inputs as [Value, Value];
  for (const [product, rest] of [
    [a, b],
    [b, a],
  ] as const) {
    const gemm = plainGemm(product, to);
    if (gemm === undefined || !sameShape(product.shape, shape) || rest.shape.length > 2) continue;
    return [to.emit("Gemm", [gemm.inputs[0], gemm.inputs[1], rest], shape, type, gemm.attributes)];
  }
  return undefined;
};

/** A transposed operand of a product is a flag of the Gemm. */
export const gemmTranspose: Rule = (node, to) => {
  if (node.op !== "Gemm") return undefined;
  const operand = (i: 0 | 1, flag: "transA" | "transB"): readonly Value[] | undefined => {
    const before = to.producer(node.inputs[i]);
    if (before?.op !== "Transpose") return undefined;
    const inputs = node.inputs.with(i, before.inputs[0]);
    const { shape, type } = output(node);
    return [
      to.emit("Gemm", inputs, shape, type, {
        ...node.attributes,
        [flag]: 1 - (node.attributes[flag] as number),
      }),
    ];
  };
  return operand(0, "transA") ?? operand(1, "transB");
};

/** The sum of a matrix over its rows, the gradient of a bias, as a product with ones: four times faster than ReduceSum. */
export const sumAsProduct: Rule = (node, to) => {
  const [x, axes] = node.inputs;
  if (node.op !== "ReduceSum" || x?.shape.length !== 2 || x.type !== "real") return undefined;
  if (axes?.data?.length !== 1 || axes.data[0] !== 0) return undefined;
  const [rows, columns] = x.shape as [number, number];
  const ones = constant(new Float64Array(rows).fill(1), [1, rows], "real");
  const sum = to.emit("Gemm", [ones, x], [1, columns], x.type, { transA: 0, transB: 0 });
  const { shape, type } = output(node);
  return [
    sizeOf(shape) === columns && shape.length === 2
      ? sum
      : to.emit("Reshape", [sum, ints(shape)], shape, type),
  ];
};
