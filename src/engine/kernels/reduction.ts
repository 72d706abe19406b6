import { tf } from "../tf.ts";
import type { Value } from "../graph.ts";
import { cast, input, ints, scalar, type Emitter, type Kernel } from "./kernel.ts";

function reduce(to: Emitter, op: string, x: Value, axis: unknown, keepDims: boolean): Value {
  const axes = tf.util.parseAxisParam(axis as number[], [...x.shape]);
  if (axes.length === 0) return x;
  const shape = keepDims
    ? x.shape.map((d, i) => (axes.includes(i) ? 1 : d))
    : x.shape.filter((_, i) => !axes.includes(i));
  return to.emit(op, [x, ints(axes)], shape, x.type, { keepdims: keepDims ? 1 : 0 });
}

const reduction =
  (op: string): Kernel =>
  (to, inputs, { axis, keepDims }) =>
    reduce(to, op, input(inputs, "x"), axis, keepDims === true);

/** ONNX reduces no booleans: all is the least of them as numbers, any the greatest. */
const logical =
  (op: string): Kernel =>
  (to, inputs, { axis, keepDims }) =>
    cast(
      to,
      reduce(to, op, cast(to, input(inputs, "x"), "int32"), axis, keepDims === true),
      "bool",
    );

const argument =
  (op: string): Kernel =>
  (to, inputs, { axis }) => {
    const x = input(inputs, "x");
    const [at] = tf.util.parseAxisParam(axis as number, [...x.shape]) as [number];
    const found = to.emit(
      op,
      [x],
      x.shape.filter((_, i) => i !== at),
      "int64",
      { axis: at, keepdims: 0 },
    );
    return cast(to, found, "int32");
  };

export const reductions: Record<string, Kernel> = {
  Sum: reduction("ReduceSum"),
  Mean: reduction("ReduceMean"),
  Prod: reduction("ReduceProd"),
  Max: (to, inputs, { reductionIndices, axis, keepDims }) =>
    reduce(to, "ReduceMax", input(inputs, "x"), reductionIndices ?? axis, keepDims === true),
  Min: reduction("ReduceMin"),
  All: logical("ReduceMin"),
  Any: logical("ReduceMax"),
  ArgMax: argument("ArgMax"),
  ArgMin: argument("ArgMin"),
  Cumsum: (to, inputs, { axis, exclusive, reverse }) => {
    const x = input(inputs, "x");
    const [at] = tf.util.parseAxisParam(axis as number, [...x.shape]) as [number];
    return to.emit("CumSum", [x, scalar(at, "int64")], x.shape, x.type, {
      exclusive: exclusive === true ? 1 : 0,
      reverse: reverse === true ? 1 : 0,
    });
  },
  Softmax: (to, inputs, { dim }) => {
    const logits = input(inputs, "logits");
    return to.emit("Softmax", [logits], logits.shape, logits.type, {
      axis: (dim as number | undefined) ?? -1,
    });
  },
};
