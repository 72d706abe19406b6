import { sizeOf, type Value } from "../graph.ts";
import type { Shape } from "../program.ts";
import { tf } from "../tf.ts";
import { input, reshape, transpose } from "./kernel.ts";
import type { Emitter, Kernel, KernelAttributes } from "./kernel.ts";
import { channelsLast, shiftedSum, spaced, tapsOf, type Offset, type Taps } from "./taps.ts";

/*
 * Convolutions as matrix products, since ONNX Runtime's Conv has no float64 kernel on the CPU and its gradients are no
 * convolutions that it does well. The 9 shifted copies of an image ("taps" of a 3×3 filter) are laid side by side, and
 * one Gemm does the rest. Where the other side has far fewer channels, the 9 products of the image with each tap are
 * shifted and added instead:
 *
 *     y     taps(x) F       or, with few outputs, the sum of the taps of x F, shifted
 *     dx    taps(dy) Fᵀ     or, with few inputs, the sum of the taps of dy Fᵀ, shifted back
 *     dF    taps(x)ᵀ dy or xᵀ taps(dy), from the copies that are there already
 */

/** A copy is read and written twice, a product with a tap three times, which a sum of taps costs more per channel. */
const SUM_COST = 8 / 5;

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
  /** The value is a sum of shifted taps of the output, instead of a product with shifted copies of the input. */
  readonly fewOutputs: boolean;
  /** The same of the input's gradient, with input and output in each other's place. */
  readonly fewInputs: boolean;
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
    fewOutputs: single && SUM_COST * info.outChannels < info.inChannels,
    fewInputs: !single || SUM_COST * info.inChannels < info.outChannels,
  };
}

const back = (offsets: readonly Offset[]): Offset[] => offsets.map(([y, x]) => [0 - y, 0 - x]);

/** A · B with either of them transposed, as two-dimensional arrays. */
function product(to: Emitter, a: Value, b: Value, transA = false, transB = false): Value {
  const shape = [a.shape[transA ? 1 : 0] as number, b.shape[transB ? 0 : 1] as number];
  return to.emit("Gemm", [a, b], shape, a.type, { transA: +transA, transB: +transB });
}

/** All axes but the last joined. */
const beforeLast = (to: Emitter, x: Value): Value =>
  reshape(to, x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) as number]);

/** A filter [kh, kw, C, O] as [taps · C, O], or as [taps · O, C]. */
const byInput = beforeLast;
const byOutput = (to: Emitter, f: Value): Value => beforeLast(to, transpose(to, f, [0, 1, 3, 2]));

/** The copies of the input, and those of the output's gradient. */
const tapsOfInput = (to: Emitter, x: Value, { offsets, oh, ow, stride }: Geometry): Taps =>
  tapsOf(to, x, offsets, [oh, ow], stride);
const tapsOfOutput = (to: Emitter, dy: Value, { offsets, h, w }: Geometry): Taps =>
  tapsOf(to, dy, back(offsets), [h, w]);

/** taps · B [taps · C, columns] → [pixels, columns] */
const tapsTimes = (to: Emitter, { matrix, transposed }: Taps, b: Value): Value =>
  product(to, matrix, b, transposed);

/** tapsᵀ · B [pixels, columns] → [taps · C, columns]. */
const timesTaps = (to: Emitter, { matrix, transposed }: Taps, b: Value): Value =>
  transposed
    ? product(to, matrix, b)
    : // The faster one of the two products: the narrower matrix is read down its columns.
      transpose(to, product(to, b, matrix, true), [1, 0]);

function forward(to: Emitter, x: Value, f: Value, g: Geometry): Value {
  const shape = [g.n, g.oh, g.ow, g.o];
  if (g.pointwise) return reshape(to, product(to, beforeLast(to, x), byInput(to, f)), shape);
  if (!g.fewOutputs)
    return reshape(to, tapsTimes(to, tapsOfInput(to, x, g), byInput(to, f)), shape);
  const parts = product(to, byOutput(to, f), beforeLast(to, x), false, true);
  const laid = reshape(to, parts, [g.offsets.length * g.o, g.n, g.h, g.w]);
  return channelsLast(to, shiftedSum(to, laid, g.offsets, [g.oh, g.ow]));
}

function inputGradient(to: Emitter, dy: Value, f: Value, g: Geometry): Value {
  const shape = [g.n, g.h, g.w, g.c];
  if (g.pointwise)
    return reshape(to, product(to, beforeLast(to, dy), byInput(to, f), false, true), shape);
  if (!g.fewInputs)
    return reshape(to, tapsTimes(to, tapsOfOutput(to, dy, g), byOutput(to, f)), shape);
  const parts = product(to, byInput(to, f), beforeLast(to, dy), false, true);
  const laid = reshape(to, parts, [g.offsets.length * g.c, g.n, g.oh, g.ow]);
  const sum = shiftedSum(to, spaced(to, laid, g.stride), back(g.offsets), [g.h, g.w]);
  return channelsLast(to, sum);
}

function filterGradient(to: Emitter, x: Value, dy: Value, g: Geometry, shape: Shape): Value {
  if (g.pointwise)
    return reshape(to, product(to, beforeLast(to, x), beforeLast(to, dy), true), shape);
  // The copies that the value or the input's gradient is made of are there already.
  if (!g.fewOutputs)
    return reshape(to, timesTaps(to, tapsOfInput(to, x, g), beforeLast(to, dy)), shape);
  const byTap = timesTaps(to, tapsOfOutput(to, dy, g), beforeLast(to, x));
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
