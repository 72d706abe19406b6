import { tf } from "../tf.ts";
import { constant, sizeOf, type Value } from "../graph.ts";
import type { Shape } from "../program.ts";
import {
  cast,
  input,
  ints,
  listOf,
  reshape,
  scalar,
  transpose,
  type Emitter,
  type Kernel,
} from "./kernel.ts";

const axisOf = (axis: unknown, shape: Shape): number =>
  tf.util.parseAxisParam(axis as number, [...shape])[0] as number;
const withAxis = (shape: Shape, axis: number, size: number): number[] =>
  shape.map((d, i) => (i === axis ? size : d));

/** Entries begin … end − 1 (or downwards, for a negative stride) along each axis. */
const slice = (
  to: Emitter,
  x: Value,
  begin: Shape,
  end: Shape,
  strides: Shape,
  shape: Shape,
): Value =>
  to.emit(
    "Slice",
    [x, ints(begin), ints(end), ints(begin.map((_, i) => i)), ints(strides)],
    shape,
    x.type,
  );

const split = (to: Emitter, x: Value, sizes: Shape, axis: number): readonly Value[] =>
  to.emitMany(
    "Split",
    [x, ints(sizes)],
    sizes.map((n) => ({ shape: withAxis(x.shape, axis, n), type: x.type })),
    { axis },
  );

const concat = (to: Emitter, parts: readonly Value[], axis: number): Value => {
  const [first] = parts as [Value];
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  return to.emit("Concat", parts, withAxis(first.shape, axis, total), first.type, { axis });
};

/** Zeros of the given shape to which rows of `updates` are added at `indices` [..., K]. */
const scatterAdd = (to: Emitter, indices: Value, updates: Value, shape: Shape): Value => {
  const zeros = constant(new Float64Array(sizeOf(shape)), shape, updates.type);
  return to.emit("ScatterND", [zeros, cast(to, indices, "int64"), updates], shape, updates.type, {
    reduction: "add",
  });
};

export const movement: Record<string, Kernel> = {
  Reshape: (to, inputs, { shape }) => {
    const x = input(inputs, "x");
    return reshape(to, x, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x.shape)));
  },
  ExpandDims: (to, inputs, { dim }) => {
    const x = input(inputs, "input");
    const at = (dim as number) < 0 ? x.shape.length + 1 + (dim as number) : (dim as number);
    return reshape(to, x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
  },
  Slice: (to, inputs, { begin, size }) => {
    const x = input(inputs, "x");
    const [from, shape] = tf.slice_util.parseSliceParams(
      { shape: [...x.shape] } as never,
      begin as number[],
      size as number[],
    ) as [number[], number[]];
    return slice(
      to,
      x,
      from,
      from.map((b, i) => b + (shape[i] as number)),
      from.map(() => 1),
      shape,
    );
  },
  StridedSlice: (to, inputs, attributes) => {
    const x = input(inputs, "x");
    const a = attributes as Record<"begin" | "end" | "strides", number[]> & Record<string, number>;
    const info = tf.slice_util.sliceInfo(
      [...x.shape], a.begin, a.end, a.strides,
      a["beginMask"] ?? 0, a["endMask"] ?? 0, a["ellipsisMask"] ?? 0, a["newAxisMask"] ?? 0, a["shrinkAxisMask"] ?? 0,
    ); // prettier-ignore
    // An end of −1 going down means "before entry 0" in TensorFlow.js, the last entry in ONNX.
    const end = info.end.map((e, i) => ((info.strides[i] as number) < 0 && e < 0 ? -(2 ** 31) : e));
    return reshape(
      to,
      slice(to, x, info.begin, end, info.strides, info.finalShapeSparse),
      info.finalShape,
    );
  },
  SplitV: (to, inputs, { numOrSizeSplits, axis }) => {
    const x = input(inputs, "x");
    const at = axisOf(axis, x.shape);
    const sizes = tf.backend_util.prepareSplitSize(
      { shape: [...x.shape] } as never,
      numOrSizeSplits as number,
      at,
    );
    return split(to, x, sizes, at);
  },
  Concat: (to, inputs, { axis }) => {
    const parts = listOf(inputs);
    const at = axisOf(axis, (parts[0] as Value).shape);
    const filled = parts.filter((part) => sizeOf(part.shape) > 0);
    return concat(to, filled.length > 0 ? filled : parts.slice(0, 1), at);
  },
  Pack: (to, inputs, { axis }) => {
    const parts = listOf(inputs);
    const rank = (parts[0] as Value).shape.length;
    const at = (axis as number) < 0 ? rank + 1 + (axis as number) : (axis as number);
    return concat(
      to,
      parts.map((part) =>
        reshape(to, part, [...part.shape.slice(0, at), 1, ...part.shape.slice(at)]),
      ),
      at,
    );
  },
  Unpack: (to, inputs, { axis }) => {
    const x = input(inputs, "value");
    const at = axisOf(axis, x.shape);
    const shape = x.shape.filter((_, i) => i !== at);
    const ones = Array.from({ length: x.shape[at] as number }, () => 1);
    return split(to, x, ones, at).map((part) => reshape(to, part, shape));
  },
  PadV2: (to, inputs, { paddings, constantValue }) => {
    const x = input(inputs, "x");
    const pads = paddings as [number, number][];
    const shape = x.shape.map((d, i) => d + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0));
    const amounts = ints([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
    return to.emit(
      "Pad",
      [x, amounts, scalar((constantValue as number | undefined) ?? 0, x.type)],
      shape,
      x.type,
    );
  },
  Transpose: (to, inputs, { perm }) => transpose(to, input(inputs, "x"), perm as number[]),
  Reverse: (to, inputs, { dims }) => {
    const x = input(inputs, "x");
    const axes = tf.util.parseAxisParam(dims as number[], [...x.shape]);
    const back = (yes: number, no: (d: number) => number): number[] =>
      x.shape.map((d, i) => (axes.includes(i) ? yes : no(d)));
    return slice(
      to,
      x,
      back(-1, () => 0),
      back(-(2 ** 31), (d) => d),
      back(-1, () => 1),
      x.shape,
    );
  },
  Tile: (to, inputs, { reps }) => {
    const x = input(inputs, "x");
    return to.emit(
      "Tile",
      [x, ints(reps as number[])],
      x.shape.map((d, i) => d * ((reps as number[])[i] as number)),
      x.type,
    );
  },
  GatherV2: (to, inputs, { axis, batchDims }) => {
    const [x, indices] = [input(inputs, "x"), input(inputs, "indices")];
    if (batchDims !== 0 && batchDims !== undefined)
      throw new Error(
        "engine: gather with batchDims has no lowering; use one-hot products or a flat index.",
      );
    const at = axisOf(axis, x.shape);
    return to.emit(
      "Gather",
      [x, indices],
      [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)],
      x.type,
      { axis: at },
    );
  },
  GatherNd: (to, inputs) => {
    const [params, indices] = [input(inputs, "params"), input(inputs, "indices")];
    const depth = indices.shape.at(-1) as number;
    return to.emit(
      "GatherND",
      [params, cast(to, indices, "int64")],
      [...indices.shape.slice(0, -1), ...params.shape.slice(depth)],
      params.type,
    );
  },
  ScatterNd: (to, inputs, { shape }) =>
    scatterAdd(to, input(inputs, "indices"), input(inputs, "updates"), shape as number[]),
  UnsortedSegmentSum: (to, inputs, { numSegments }) => {
    const [x, ids] = [input(inputs, "x"), input(inputs, "segmentIds")];
    return scatterAdd(to, reshape(to, ids, [...ids.shape, 1]), x, [
      numSegments as number,
      ...x.shape.slice(ids.shape.length),
    ]);
  },
  // A comparison with 0 … depth − 1: ONNX Runtime's own OneHot exists for few combinations of types.
  OneHot: (to, inputs, { depth, onValue, offValue }) => {
    const indices = input(inputs, "indices");
    const classes = constant(
      Array.from({ length: depth as number }, (_, i) => i),
      [depth as number],
      indices.type,
    );
    const shape = [...indices.shape, depth as number];
    const hit = to.emit(
      "Equal",
      [reshape(to, indices, [...indices.shape, 1]), classes],
      shape,
      "bool",
    );
    return to.emit(
      "Where",
      [
        hit,
        scalar((onValue as number | undefined) ?? 1),
        scalar((offValue as number | undefined) ?? 0),
      ],
      shape,
      "real",
    );
  },
};
