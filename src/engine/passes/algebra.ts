import { constant, sameShape, sizeOf, uniformValue, type Node, type Value } from "../graph.ts";
import { ints, scalar } from "../kernels/kernel.ts";
import { products } from "./products.ts";
import type { Rule } from "./rewrite.ts";

/** Two-sided operators that broadcast. */
const BROADCASTING = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Max",
  "Min",
  "Equal",
  "Less",
  "LessOrEqual",
  "Greater",
  "GreaterOrEqual",
]);

const first = ({ inputs }: Node): Value => inputs[0] as Value;
const output = ({ outputs }: Node): Value => outputs[0] as Value;
const operands = ({ inputs }: Node): [Value, Value] => [inputs[0] as Value, inputs[1] as Value];
const inInts = (value: Value | undefined): number[] => Array.from(value?.data ?? []);

/** Identity, casts to the same type, reshapes to the same shape, transposes that do nothing. */
const noOps: Rule = (node) => {
  const x = node.inputs[0];
  if (x === undefined) return undefined;
  const same = x.type === output(node).type && sameShape(x.shape, output(node).shape);
  if (
    node.op === "Identity" ||
    (same && (node.op === "Cast" || node.op === "Reshape" || node.op === "Expand"))
  )
    return [x];
  if (
    node.op === "Transpose" &&
    (node.attributes["perm"] as readonly number[]).every((p, i) => p === i)
  )
    return [x];
  if (same && node.op === "Tile" && inInts(node.inputs[1]).every((n) => n === 1)) return [x];
  if (
    (node.op === "Split" || node.op === "Concat") &&
    node.outputs.length === 1 &&
    node.inputs.length === (node.op === "Split" ? 2 : 1)
  )
    return [x];
  return undefined;
};

/** A transpose that only moves axes of size 1 leaves the entries where they are. */
const stillTransposes: Rule = (node, to) => {
  if (node.op !== "Transpose") return undefined;
  const x = first(node);
  const perm = node.attributes["perm"] as readonly number[];
  const long = perm.filter((axis) => x.shape[axis] !== 1);
  if (long.some((axis, i) => i > 0 && axis < (long[i - 1] ?? 0))) return undefined;
  const { shape, type } = output(node);
  return [to.emit("Reshape", [x, ints(shape)], shape, type)];
};

/** A split into just the parts that were joined: two results of a custom gradient travel like that. */
const splitsOfJoins: Rule = (node, to) => {
  if (node.op !== "Split") return undefined;
  const join = to.producer(first(node));
  const same =
    join?.op === "Concat" &&
    join.attributes["axis"] === node.attributes["axis"] &&
    join.inputs.length === node.outputs.length &&
    node.outputs.every(({ shape }, i) => sameShape(shape, (join.inputs[i] as Value).shape));
  return same ? (join.inputs as readonly Value[]) : undefined;
};

/** A reshape of a reshape, or of a uniform constant. */
const reshapes: Rule = (node, to) => {
  if (node.op !== "Reshape") return undefined;
  const [x, { shape, type }] = [first(node), output(node)];
  if (x.data !== undefined) return [constant(x.data, shape, type)];
  const before = to.producer(x);
  if (before?.op === "Reshape")
    return [to.emit("Reshape", [first(before), ints(shape)], shape, type)];
  // Sum over some axes, then put them back with size 1: one sum that keeps them.
  if (before?.op === "ReduceSum" && before.attributes["keepdims"] === 0) {
    const axes = inInts(before.inputs[1]);
    const kept = first(before).shape.map((d, i) => (axes.includes(i) ? 1 : d));
    if (sameShape(kept, shape))
      return [to.emit("ReduceSum", before.inputs, shape, type, { keepdims: 1 })];
  }
  return undefined;
};

/** A sum over axes of size 1 only moves the shape. */
const emptySums: Rule = (node, to) => {
  if (node.op !== "ReduceSum" && node.op !== "ReduceMean") return undefined;
  const [x, { shape, type }] = [first(node), output(node)];
  return sizeOf(x.shape) === sizeOf(shape)
    ? [to.emit("Reshape", [x, ints(shape)], shape, type)]
    : undefined;
};

/** x·1, x/1, x + 0, x − 0; where the 1 or 0 also widens x, that becomes an Expand. */
const neutral: Rule = (node, to) => {
  const [a, b] = operands(node);
  const { shape, type } = output(node);
  const without = (x: Value): readonly Value[] =>
    sameShape(x.shape, shape) ? [x] : [to.emit("Expand", [x, ints(shape)], shape, type)];
  const [ua, ub] = [uniformValue(a), uniformValue(b)];
  if (node.op === "Mul" && ub === 1) return without(a);
  if (node.op === "Mul" && ua === 1) return without(b);
  if (node.op === "Div" && ub === 1) return without(a);
  if ((node.op === "Add" || node.op === "Sub") && ub === 0) return without(a);
  if (node.op === "Add" && ua === 0) return without(b);
  return undefined;
};

const FOLD: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Neg: (a) => -a,
  Sqrt: (a) => Math.sqrt(a),
  Reciprocal: (a) => 1 / a,
};

/** Operators on constants whose entries are all equal are computed here, in double precision. */
const foldUniform: Rule = (node) => {
  const fold = FOLD[node.op];
  const { shape, type } = output(node);
  if (fold === undefined || type !== "real") return undefined;
  const [a, b] = [
    uniformValue(node.inputs[0]),
    node.inputs.length > 1 ? uniformValue(node.inputs[1]) : 0,
  ];
  if (a === undefined || b === undefined) return undefined;
  return [constant(new Float64Array(sizeOf(shape)).fill(fold(a, b)), shape, type)];
};

/** A uniform constant, or a widened value, is used as it is where the other operand gives the shape anyway. */
const narrow: Rule = (node, to) => {
  if (!BROADCASTING.has(node.op)) return undefined;
  const [a, b] = operands(node);
  const { shape, type } = output(node);
  const thin = (x: Value, other: Value): Value => {
    if (sizeOf(x.shape) <= 1 || !sameShape(other.shape, shape)) return x;
    const value = uniformValue(x);
    if (value !== undefined) return scalar(value, x.type);
    const wide = to.producer(x);
    return wide?.op === "Expand" ? first(wide) : x;
  };
  const [na, nb] = [thin(a, b), thin(b, a)];
  if (na !== a) return [to.emit(node.op, [na, b], shape, type)];
  if (nb !== b) return [to.emit(node.op, [a, nb], shape, type)];
  return undefined;
};

/** a + (−b) is a difference. */
const difference: Rule = (node, to) => {
  if (node.op !== "Add") return undefined;
  const [a, b] = operands(node);
  const negated = to.producer(b);
  if (negated?.op !== "Neg" || to.uses(b) !== 1) return undefined;
  const { shape, type } = output(node);
  return [to.emit("Sub", [a, first(negated)], shape, type)];
};

/** relu's mask is read off its output, so that nothing but relu needs its input and a product before it can fuse with it. */
const reluMask: Rule = (node, to) => {
  if (node.op !== "Greater" || uniformValue(node.inputs[1]) !== 0) return undefined;
  const [relu] = to.readers(first(node), "Relu");
  if (relu === undefined) return undefined;
  const { shape, type } = output(node);
  return [to.emit("Greater", [output(relu), node.inputs[1]], shape, type)];
};

export const algebra: readonly Rule[] = [
  noOps,
  stillTransposes,
  splitsOfJoins,
  reshapes,
  emptySums,
  foldUniform,
  neutral,
  narrow,
  difference,
  reluMask,
  ...products,
];
