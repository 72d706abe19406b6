import { sizeOf, type Value } from "../graph.ts";
import type { Shape } from "../program.ts";
import { tf } from "../tf.ts";
import {
  input,
  ints,
  reshape,
  scalar,
  transpose,
  type Emitter,
  type Kernel,
  type KernelAttributes,
} from "./kernel.ts";

/*
 * Convolutions as matrix products, since ONNX Runtime's Conv has no float64 kernel on the CPU and its gradients are no
 * convolutions that it does well. The 9 shifted copies of an image ("taps" of a 3×3 filter) are laid side by side, and
 * one Gemm does the rest. Copies are made of whichever has fewer channels, the input or the output, and with channels
 * first, so that each copy is of long runs:
 *
 *     few inputs    y = taps(x) F            dF = taps(x)ᵀ dy         dx = sum of the taps of dy Fᵀ, shifted back
 *     few outputs   y = sum of the taps      dF = xᵀ taps(dy)         dx = taps(dy) Fᵀ
 *                       of x F, shifted
 */

/** Rows and columns by which a tap of the filter is shifted against the output. */
type Offset = readonly [number, number];

interface Geometry {
  /** Rows, height, width and channels of the input, and height, width and channels of the output. */
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly oh: number;
  readonly ow: number;
  readonly o: number;
  /** One per tap, in the filter's order. */
  readonly offsets: readonly Offset[];
  readonly stride: Offset;
  /** A product of each pixel with a matrix, nothing else. */
  readonly pointwise: boolean;
  /** The copies are made of the output. */
  readonly fewOutputs: boolean;
}

function geometryOf(xShape: Shape, filterShape: Shape, attributes: KernelAttributes): Geometry {
  const { strides, pad, dilations, dimRoundingMode } = attributes;
  const format = attributes["dataFormat"] as string | undefined;
  if (format !== undefined && format !== "NHWC")
    throw new Error(
      `engine: conv2d in the format ${format} has no lowering; transpose to NHWC, the default.`,
    );
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides as number,
    (dilations as number | undefined) ?? 1,
    pad as number,
    dimRoundingMode as "floor",
  );
  const offsets = Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap): Offset => {
    const [row, column] = [Math.floor(tap / info.filterWidth), tap % info.filterWidth];
    return [
      row * info.dilationHeight - info.padInfo.top,
      column * info.dilationWidth - info.padInfo.left,
    ];
  });
  const single = info.strideHeight === 1 && info.strideWidth === 1;
  const same = info.outHeight === info.inHeight && info.outWidth === info.inWidth;
  return {
    n: info.batchSize,
    h: info.inHeight,
    w: info.inWidth,
    c: info.inChannels,
    oh: info.outHeight,
    ow: info.outWidth,
    o: info.outChannels,
    offsets,
    stride: [info.strideHeight, info.strideWidth],
    pointwise: single && same && offsets.length === 1,
    fewOutputs: single && info.outChannels < info.inChannels,
  };
}

const back = (offsets: readonly Offset[]): Offset[] => offsets.map(([y, x]) => [0 - y, 0 - x]);

/** [N, H, W, C] → [C, N, H, W], and back. */
const channelsFirst = (to: Emitter, x: Value): Value => transpose(to, x, [3, 0, 1, 2]);
const channelsLast = (to: Emitter, x: Value): Value => transpose(to, x, [1, 2, 3, 0]);

/** A · B with either of them transposed, as two-dimensional arrays. */
function product(to: Emitter, a: Value, b: Value, transA = false, transB = false): Value {
  const shape = [a.shape[transA ? 1 : 0] as number, b.shape[transB ? 0 : 1] as number];
  return to.emit("Gemm", [a, b], shape, a.type, { transA: +transA, transB: +transB });
}

/** All axes but the first joined, or all but the last. */
const afterFirst = (to: Emitter, x: Value): Value =>
  reshape(to, x, [x.shape[0] as number, sizeOf(x.shape.slice(1))]);
const beforeLast = (to: Emitter, x: Value): Value =>
  reshape(to, x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number]);

/** x [K, N, H, W] with zeros around, and the view of it that each offset asks for. */
function views(
  to: Emitter,
  x: Value,
  offsets: readonly Offset[],
  [oh, ow]: Offset,
  stride: Offset = [1, 1],
): (channels: Offset, offset: Offset) => Value {
  const [, n, h, w] = x.shape as [number, number, number, number];
  const span = [(oh - 1) * stride[0] + 1, (ow - 1) * stride[1] + 1] as const;
  const before = ([0, 1] as const).map((i) => Math.max(0, ...offsets.map((o) => -o[i])));
  const after = ([0, 1] as const).map((i) =>
    Math.max(0, ...offsets.map((o) => o[i] + span[i] - ([h, w][i] as number))),
  );
  const [top, left] = before as [number, number];
  const [bottom, right] = after as [number, number];
  const shape = [x.shape[0] as number, n, h + top + bottom, w + left + right];
  const padded = to.emit(
    "Pad",
    [x, ints([0, 0, top, left, 0, 0, bottom, right]), scalar(0, x.type)],
    shape,
    x.type,
  );
  return ([first, last], [y, z]) =>
    to.emit(
      "Slice",
      [
        padded,
        ints([first, y + top, z + left]),
        ints([last, y + top + span[0], z + left + span[1]]),
        ints([0, 2, 3]),
        ints([1, ...stride]),
      ],
      [last - first, n, oh, ow],
      x.type,
    );
}

/** x [C, N, H, W] → [taps · C, N, OH, OW]: the shifted copies, one after the other. */
function taps(
  to: Emitter,
  x: Value,
  offsets: readonly Offset[],
  size: Offset,
  stride?: Offset,
): Value {
  const [c, n] = x.shape as [number, number];
  const view = views(to, x, offsets, size, stride);
  const copies = offsets.map((offset) => view([0, c], offset));
  return to.emit("Concat", copies, [offsets.length * c, n, ...size], x.type, { axis: 0 });
}

/** q [taps · K, N, H, W] → [K, N, OH, OW]: the sum of the taps, each shifted by its offset. */
function shiftedSum(to: Emitter, q: Value, offsets: readonly Offset[], size: Offset): Value {
  const k = (q.shape[0] as number) / offsets.length;
  const view = views(to, q, offsets, size);
  return offsets
    .map((offset, tap) => view([tap * k, (tap + 1) * k], offset))
    .reduce((sum, part) => to.emit("Add", [sum, part], part.shape, part.type));
}

/** q [K, N, H, W] with stride − 1 zeros between its rows and columns. */
function spaced(to: Emitter, q: Value, [sy, sx]: Offset): Value {
  if (sy === 1 && sx === 1) return q;
  const [k, n, h, w] = q.shape as [number, number, number, number];
  const cells = reshape(to, q, [k * n, h, 1, w, 1]);
  const zeros = ints([0, 0, 0, 0, 0, 0, 0, sy - 1, 0, sx - 1]);
  const padded = to.emit("Pad", [cells, zeros, scalar(0, q.type)], [k * n, h, sy, w, sx], q.type);
  return reshape(to, padded, [k, n, h * sy, w * sx]);
}

/** A filter [kh, kw, C, O] as [taps · C, O], or as [taps · O, C]. */
const byInput = beforeLast;
const byOutput = (to: Emitter, f: Value): Value => beforeLast(to, transpose(to, f, [0, 1, 3, 2]));

/** The copies of the output's gradient, [taps · O, N · H · W]. */
const tapsOfOutput = (to: Emitter, dy: Value, { offsets, h, w }: Geometry): Value =>
  afterFirst(to, taps(to, channelsFirst(to, dy), back(offsets), [h, w]));
const tapsOfInput = (to: Emitter, x: Value, { offsets, oh, ow, stride }: Geometry): Value =>
  afterFirst(to, taps(to, channelsFirst(to, x), offsets, [oh, ow], stride));

function forward(to: Emitter, x: Value, f: Value, g: Geometry): Value {
  if (!g.fewOutputs || g.pointwise) {
    const y = g.pointwise
      ? product(to, beforeLast(to, x), byInput(to, f))
      : product(to, tapsOfInput(to, x, g), byInput(to, f), true);
    return reshape(to, y, [g.n, g.oh, g.ow, g.o]);
  }
  const parts = product(to, byOutput(to, f), beforeLast(to, x), false, true);
  const laid = reshape(to, parts, [g.offsets.length * g.o, g.n, g.h, g.w]);
  return channelsLast(to, shiftedSum(to, laid, g.offsets, [g.oh, g.ow]));
}

function inputGradient(to: Emitter, dy: Value, f: Value, g: Geometry): Value {
  const shape = [g.n, g.h, g.w, g.c];
  if (g.pointwise)
    return reshape(to, product(to, beforeLast(to, dy), byInput(to, f), false, true), shape);
  if (g.fewOutputs)
    return reshape(to, product(to, tapsOfOutput(to, dy, g), byOutput(to, f), true), shape);
  const parts = product(to, byInput(to, f), beforeLast(to, dy), false, true);
  const laid = reshape(to, parts, [g.offsets.length * g.c, g.n, g.oh, g.ow]);
  const sum = shiftedSum(to, spaced(to, laid, g.stride), back(g.offsets), [g.h, g.w]);
  return channelsLast(to, sum);
}

function filterGradient(to: Emitter, x: Value, dy: Value, g: Geometry, shape: Shape): Value {
  if (g.pointwise)
    return reshape(to, product(to, beforeLast(to, x), beforeLast(to, dy), true), shape);
  if (!g.fewOutputs)
    return reshape(to, product(to, tapsOfInput(to, x, g), beforeLast(to, dy)), shape);
  const byTap = product(to, tapsOfOutput(to, dy, g), beforeLast(to, x));
  const [kh, kw, c, o] = shape as [number, number, number, number];
  return transpose(to, reshape(to, byTap, [kh, kw, o, c]), [0, 1, 3, 2]);
}

export const convolutions: Record<string, Kernel> = {
  Conv2D: (to, inputs, attributes) => {
    const [x, f] = [input(inputs, "x"), input(inputs, "filter")];
    return forward(to, x, f, geometryOf(x.shape, f.shape, attributes));
  },
  Conv2DBackpropInput: (to, inputs, attributes) => {
    const [dy, f] = [input(inputs, "dy"), input(inputs, "filter")];
    const g = geometryOf(attributes["inputShape"] as number[], f.shape, attributes);
    return inputGradient(to, dy, f, g);
  },
  Conv2DBackpropFilter: (to, inputs, attributes) => {
    const [x, dy] = [input(inputs, "x"), input(inputs, "dy")];
    const shape = attributes["filterShape"] as number[];
    return filterGradient(to, x, dy, geometryOf(x.shape, shape, attributes), shape);
  },
};
