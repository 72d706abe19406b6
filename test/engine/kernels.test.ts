import { test } from "uvu";
import {
  gatherElements,
  tf,
  type Program,
  type Tensor,
  type Tensor4D,
  type Tensors,
} from "../../src/engine/index.ts";
import { kernels } from "../../src/engine/kernels/index.ts";
import { recordedKernels } from "./recorded-kernels.ts";
import { assertClose, assertRejects, numbers, runOn, sizeOf, withGradients } from "./compare.ts";

/*
 * Every lowered kernel against the reference, tfjs-cpu: values and, where TensorFlow.js has one, gradients.
 * Tolerance 2e-5 of 1 + |value|: both sides are float32 and sum in different orders; ONNX Runtime's exp, tanh and erf
 * are polynomials with an error of a few units in the last place, and gradients chain two or three of them.
 */
const TOLERANCE = 2e-5;
type F = (...x: Tensor[]) => Tensor;

/** What was compared, so that the last test can say what was forgotten. */
const covered = new Set<string>();

async function compareAll(
  what: string,
  shapes: readonly (readonly number[])[],
  domain: [number, number],
  body: (x: Tensor[]) => Tensors,
  float64 = true,
): Promise<void> {
  const program: Program = {
    label: what,
    inputs: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, { shape }])),
    body: (t) => ({ outputs: body(shapes.map((_, i) => t[`x${i}`] as Tensor)) }),
  };
  const inputs = Object.fromEntries(
    shapes.map((shape, i) => [`x${i}`, numbers(sizeOf(shape), ...domain, 3 * i + 1)]),
  );
  const reference = await runOn(program, inputs, { engine: "tfjs-cpu" });
  assertClose(
    await runOn(program, inputs, { engine: "cpu" }),
    reference,
    TOLERANCE,
    `${what}, cpu`,
  );
  if (float64) {
    const double = await runOn(program, inputs, { engine: "cpu", precision: "float64" });
    assertClose(double, reference, TOLERANCE, `${what}, float64`);
  }
  recordedKernels(program).forEach((name) => covered.add(name));
}

const differentiable = (table: Record<string, F>, x: Tensor[]): Tensors =>
  Object.assign(
    {},
    ...Object.entries(table).map(([name, f]) => withGradients(name, f, x)),
  ) as Tensors;
const plain = (table: Record<string, F>, x: Tensor[]): Tensors =>
  Object.fromEntries(Object.entries(table).map(([name, f]) => [name, f(...x)]));

const SHAPES = [[], [1], [7], [1, 3], [5, 1], [2, 3, 5]];

const anywhere: Record<string, F> = {
  abs: tf.abs, asinh: tf.asinh, cos: tf.cos, cosh: tf.cosh, elu: tf.elu, exp: tf.exp,
  expm1: tf.expm1, leakyRelu: (x) => tf.leakyRelu(x, 0.3), neg: tf.neg, relu: tf.relu, relu6: (x) => tf.relu6(tf.mul(x, 5)),
  selu: tf.selu, sigmoid: tf.sigmoid, sin: tf.sin, sinh: tf.sinh, softplus: tf.softplus, square: tf.square, tan: (x) => tf.tan(tf.mul(x, 0.5)),
  tanh: tf.tanh, clip: (x) => tf.clipByValue(x, -0.5, 1), clone: tf.clone, silu: (x) => tf.mul(x, tf.sigmoid(x)),
  zeros: (x) => tf.mul(tf.zerosLike(x), x), ones: (x) => tf.mul(tf.onesLike(x), x), fill: (x) => tf.mul(tf.fill(x.shape, 2.5), x),
}; // prettier-ignore
const positive: Record<string, F> = {
  log: tf.log, log1p: tf.log1p, sqrt: tf.sqrt, rsqrt: tf.rsqrt, reciprocal: tf.reciprocal, acosh: (x) => tf.acosh(tf.add(x, 1)),
}; // prettier-ignore
const withinOne: Record<string, F> = { atanh: tf.atanh };
/** ONNX Runtime has these in float32 only. */
const singleOnly: Record<string, F> = { asin: tf.asin, acos: tf.acos, atan: tf.atan, erf: tf.erf };
const steps: Record<string, F> = {
  floor: tf.floor, ceil: tf.ceil, round: tf.round, sign: tf.sign, step: (x) => tf.step(x), "step, slope": (x) => tf.step(x, 0.2),
  isNaN: (x) => tf.isNaN(tf.log(x)), isInf: (x) => tf.isInf(tf.div(x, 0)), isFinite: (x) => tf.isFinite(tf.log(x)),
  not: (x) => tf.logicalNot(tf.greater(x, 0)), toInt: (x) => tf.cast(x, "int32"), toBool: (x) => tf.cast(tf.floor(x), "bool"),
  toFloat: (x) => tf.cast(tf.greater(x, 0), "float32"), range: (x) => tf.add(tf.sum(x), tf.range(0, 7, 2)), linspace: (x) => tf.add(tf.sum(x), tf.linspace(0, 1, 5)),
}; // prettier-ignore
for (const shape of SHAPES) {
  const at = `on [${shape.join(", ")}]`;
  test(`functions of one real, ${at}`, () =>
    compareAll(`anywhere ${at}`, [shape], [-2, 2], (x) => differentiable(anywhere, x)));
  test(`functions of a positive number, ${at}`, () =>
    compareAll(`positive ${at}`, [shape], [0.1, 4], (x) => differentiable(positive, x)));
  test(`functions on (−1, 1), ${at}`, () =>
    compareAll(`within one ${at}`, [shape], [-0.9, 0.9], (x) => differentiable(withinOne, x)));
  test(`steps, casts and tests, ${at}`, () =>
    compareAll(`steps ${at}`, [shape], [-2, 2], (x) => plain(steps, x)));
}

const PAIRS = [[[5, 3], [5, 3]], [[5, 3], [3]], [[5, 1], [1, 3]], [[], [2, 3]], [[4], []], [[2, 1, 4], [3, 1]], [[1], [1]]]; // prettier-ignore
const arithmetic: Record<string, F> = {
  add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, pow: (a, b) => tf.pow(tf.abs(a), b), mod: tf.mod, 
}; // prettier-ignore
/** TensorFlow.js's gradients of these do not sum over broadcast axes, so only equal shapes have one. */
const extremes: Record<string, F> = {
  squaredDifference: tf.squaredDifference,
  maximum: tf.maximum,
  minimum: tf.minimum,
};
const comparisons: Record<string, F> = {
  equal: (a, b) => tf.equal(tf.floor(a), tf.floor(b)), notEqual: (a, b) => tf.notEqual(tf.floor(a), tf.floor(b)),
  less: tf.less, lessEqual: tf.lessEqual, greater: tf.greater, greaterEqual: tf.greaterEqual, floorDiv: tf.floorDiv,
  and: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), or: (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
  squared: tf.squaredDifference, extremes: (a, b) => tf.maximum(a, tf.minimum(b, 0.5)), prelu: (a) => tf.prelu(a, tf.scalar(0.2)),
  where: (a, b) => tf.where(tf.greater(a, b), tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a))),
  addN: (a, b) => tf.addN([tf.add(a, b), tf.sub(a, b), tf.mul(a, b)]),
}; // prettier-ignore
for (const [a, b] of PAIRS as [number[], number[]][]) {
  const at = `[${a.join(", ")}] with [${b.join(", ")}]`;
  test(`two-sided arithmetic, ${at}`, () =>
    compareAll(`arithmetic ${at}`, [a, b], [0.3, 2.7], (x) => differentiable(arithmetic, x)));
  test(`comparisons and choices, ${at}`, () =>
    compareAll(`comparisons ${at}`, [a, b], [-3, 3], (x) => plain(comparisons, x)));
}

test("extremes of two arrays send the gradient to the chosen one", () => compareAll("extremes", [[5, 3], [5, 3]], [-2, 2], (x) => differentiable(extremes, x))); // prettier-ignore
test("functions that exist in float32 only", () => compareAll("single", [[7]], [-0.9, 0.9], (x) => differentiable(singleOnly, x), false)); // prettier-ignore
test("a function without a float64 kernel is refused by name", async () => {
  const program: Program = {
    label: "phi",
    inputs: { x: { shape: [2] } },
    body: ({ x }) => ({ outputs: { y: tf.erf(x as Tensor) } }),
  };
  await assertRejects(
    runOn(program, { x: numbers(2) }, { engine: "cpu", precision: "float64" }),
    /phi: .*no float64 kernel for "Erf".*float32/,
  );
});
test("the branches of where send gradients to the chosen side only", () =>
  compareAll("where", [[4, 3], [4, 3]], [-2, 2], (x) =>
    withGradients("where", (a, b) => tf.where(tf.greater(tf.tensor(numbers(12), [4, 3]), 0), a, b), x),
  )); // prettier-ignore

const movements: Record<string, F> = {
  reshape: (x) => tf.reshape(x, [3, -1]), expandDims: (x) => tf.expandDims(x, 1), squeeze: (x) => tf.squeeze(tf.expandDims(x, 0)),
  slice: (x) => tf.slice(x, [1, 0, 2], [2, 1, -1]), split: (x) => tf.mul((tf.split(x, [1, 3], 2)[1] as Tensor), 2),
  concat: (x) => tf.concat([x, tf.square(x)], 1), stack: (x) => tf.stack([x, tf.neg(x)], 1), unstack: (x) => (tf.unstack(x, 2)[1] as Tensor),
  pad: (x) => tf.pad(x, [[0, 1], [2, 0], [1, 1]], 0), transpose: (x) => tf.transpose(x, [2, 0, 1]), reverse: (x) => tf.reverse(x, [0, 2]),
  tile: (x) => tf.tile(x, [2, 1, 3]), broadcastTo: (x) => tf.broadcastTo(tf.expandDims(x, 0), [2, 3, 2, 4]),
  gather: (x) => tf.gather(x, tf.tensor1d([2, 0, 0], "int32"), 0), "gather, axis 2": (x) => tf.gather(x, tf.tensor1d([3, 1], "int32"), 2),
}; // prettier-ignore
const moreMovements: Record<string, F> = {
  stridedSlice: (x) => tf.stridedSlice(x, [0, 1, 3], [3, 2, 0], [2, 1, -2]),
  gatherND: (x) => tf.gatherND(x, tf.tensor2d([[0, 1], [2, 0]], [2, 2], "int32")), padValue: (x) => tf.pad(x, [[1, 0], [0, 0], [0, 2]], 1.5),
  oneHot: (x) => tf.oneHot(tf.cast(tf.abs(x), "int32"), 4), scatterND: (x) => tf.scatterND(tf.tensor2d([[1], [4], [1]], [3, 1], "int32"), x, [5, 2, 4]),
  segmentSum: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], "int32"), 3),
}; // prettier-ignore
test("shapes are moved as tfjs-cpu moves them", () =>
  compareAll("movement", [[3, 2, 4]], [-2, 2], (x) => differentiable(movements, x)));
test("entries are gathered along one axis, each by an index of its own", async () => {
  const index = (shape: number[], size: number): Tensor =>
    tf.tensor(numbers(sizeOf(shape), 0, size - 0.01).map(Math.floor), shape, "int32");
  const gathers: Record<string, F> = {
    last: (x) => gatherElements(x, index([3, 2, 5], 4), 2),
    middle: (x) => gatherElements(x, index([3, 3, 4], 2), 1),
    first: (x) => gatherElements(x, index([1, 2, 4], 3), 0),
  };
  await compareAll("gatherElements", [[3, 2, 4]], [-2, 2], (x) => differentiable(gathers, x));
});
test("strides, scatters and one-hot codes", () =>
  compareAll("more movement", [[3, 2, 4]], [-2, 2], (x) => plain(moreMovements, x)));

const reductions: Record<string, F> = {
  sum: (x) => tf.sum(x), "sum 0": (x) => tf.sum(x, 0), "sum 1 kept": (x) => tf.sum(x, 1, true), "sum 0 2": (x) => tf.sum(x, [0, 2]),
  mean: (x) => tf.mean(x), "mean 1": (x) => tf.mean(x, 1), max: (x) => tf.max(x, 1), min: (x) => tf.min(x, -1),
  cumsum: (x) => tf.cumsum(x, 2), "cumsum exclusive reverse": (x) => tf.cumsum(x, 2, true, true), softmax: (x) => tf.softmax(x), logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, 1),
}; // prettier-ignore
const arguments_: Record<string, F> = {
  prod: (x) => tf.prod(x, 1), argMax: (x) => tf.argMax(x, 1), argMin: (x) => tf.argMin(x, -1), all: (x) => tf.all(tf.greater(x, -1), 1), any: (x) => tf.any(tf.greater(x, 1), 1),
  einsum: (x) => tf.einsum("ijk,ilk->ijl", x, x),
}; // prettier-ignore
for (const shape of [
  [3, 2, 4],
  [1, 1, 1],
  [5, 1, 3],
]) {
  test(`reductions of [${shape.join(", ")}]`, () =>
    compareAll(`reductions ${shape.join()}`, [shape], [-2, 2], (x) =>
      differentiable(reductions, x),
    ));
  test(`arguments of extremes of [${shape.join(", ")}]`, () =>
    compareAll(`arguments ${shape.join()}`, [shape], [-2, 2], (x) => plain(arguments_, x)));
}
test("a matrix summed over its rows", () =>
  compareAll("column sums", [[9, 4]], [-2, 2], (x) =>
    differentiable({ kept: (y) => tf.sum(y, 0, true), dropped: (y) => tf.sum(y, 0) }, x),
  ));

for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]] as const)
  for (const [n, k, m] of [[5, 3, 7], [1, 4, 1], [6, 1, 2]] as const) {
    const a = transposeA ? [k, n] : [n, k];
    const b = transposeB ? [m, k] : [k, m];
    const product: F = (x, y) => tf.matMul(x, y, transposeA, transposeB);
    test(`matrix product [${a.join()}]${transposeA ? "ᵀ" : ""} [${b.join()}]${transposeB ? "ᵀ" : ""}, alone, with a bias, in a batch`, async () => {
      await compareAll("matMul", [a, b], [-1, 1], (x) => withGradients("matMul", product, x));
      await compareAll("bias", [a, b, [1, m]], [-1, 1], (x) => withGradients("bias", (p, q, r) => tf.tanh(tf.add(product(p, q), r)), x));
      await compareAll("batch", [[2, ...a], [2, ...b]], [-1, 1], (x) => withGradients("batch", product, x));
    });
  } // prettier-ignore

/** Filter [height, width, inputs, outputs], strides, padding; more outputs than inputs, and fewer; many channels are copied in another way. */
const CONVOLUTIONS = [
  [[3, 3, 2, 5], 1, "same"], [[3, 3, 4, 2], 1, "same"], [[3, 3, 2, 5], 1, "valid"], [[3, 2, 4, 2], 1, "valid"], [[1, 1, 3, 4], 1, "same"],
  [[3, 3, 2, 4], 2, "same"], [[3, 3, 4, 2], [2, 1], "valid"], [[2, 2, 2, 3], 2, "valid"], [[1, 1, 4, 2], 2, "valid"], [[5, 3, 3, 1], 1, 1],
  [[3, 3, 16, 16], 1, "same"], [[3, 2, 17, 16], 1, "valid"], [[3, 3, 16, 3], 1, "same"], [[3, 3, 2, 16], 1, "same"], [[3, 3, 16, 8], [2, 1], "same"],
] as [[number, number, number, number], number | [number, number], "same" | "valid" | number][]; // prettier-ignore
for (const [filter, strides, pad] of CONVOLUTIONS) {
  const words = `${filter.join(" × ")}, strides ${String(strides)}, padding ${pad}`;
  test(`convolution by ${words}, and its transpose`, async () => {
    const rounding = typeof pad === "number" ? "floor" : undefined;
    const image = [2, 6, 5, filter[2]] as [number, number, number, number];
    const convolve: F = (x, f) => tf.conv2d(x as Tensor4D, f as Tensor4D, strides, pad, "NHWC", 1, rounding);
    await compareAll(`conv2d ${words}`, [image, filter], [-1, 1], (x) => withGradients("conv2d", convolve, x));
    const transposed: F = (y, f) => tf.conv2dTranspose(y as Tensor4D, f as Tensor4D, image, strides, pad, rounding);
    const { shape } = convolve(tf.zeros(image), tf.zeros(filter));
    await compareAll(`conv2dTranspose ${words}`, [shape, filter], [-1, 1], (x) => withGradients("conv2dTranspose", transposed, x));
  });
} // prettier-ignore
test("dilated convolutions have values, and gradients as little as in TensorFlow.js", async () => {
  for (const filter of [[3, 3, 2, 4], [3, 3, 4, 2]] as [number, number, number, number][])
    await compareAll(`dilated ${filter.join()}`, [[2, 7, 6, filter[2]], filter], [-1, 1], ([x, f]) => ({ y: tf.conv2d(x as Tensor4D, f as Tensor4D, 1, "same", "NHWC", 2) }));
}); // prettier-ignore
test("images with channels first are refused with the cure", () =>
  assertRejects(
    runOn(
      { label: "net", inputs: { x: { shape: [1, 2, 4, 4] } }, body: ({ x }) => ({ outputs: { y: tf.conv2d(x as Tensor4D, tf.ones([3, 3, 2, 2]), 1, "same", "NCHW") } }) },
      { x: numbers(32) },
      { engine: "cpu" },
    ),
    /net: .*NCHW.*transpose to NHWC/,
  )); // prettier-ignore

test("no lowered kernel is left without a comparison", () => {
  const forgotten = Object.keys(kernels).filter((name) => !covered.has(name));
  if (forgotten.length > 0) throw new Error(`not compared: ${forgotten.join(", ")}`);
});

test.run();
