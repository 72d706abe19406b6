import { tf } from "../tf.ts";
import type { Value, ValueType } from "../graph.ts";
import { cast, input, scalar, type Emitter, type Kernel } from "./kernel.ts";

const broadcast = (a: Value, b: Value): number[] =>
  tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);

/** Writes a two-sided operator with broadcasting. */
export const binary = (
  to: Emitter,
  op: string,
  a: Value,
  b: Value,
  type: ValueType = a.type,
): Value => to.emit(op, [a, b], broadcast(a, b), type);
const unary = (to: Emitter, op: string, x: Value, type: ValueType = x.type): Value =>
  to.emit(op, [x], x.shape, type);
const where = (to: Emitter, condition: Value, a: Value, b: Value): Value =>
  to.emit(
    "Where",
    [condition, a, b],
    tf.backend_util.assertAndGetBroadcastShape(broadcast(condition, a), [...b.shape]),
    a.type,
  );

/** A function of x, spelled with the three writers above. */
const ofX =
  (f: (to: Emitter, x: Value, attributes: Readonly<Record<string, unknown>>) => Value): Kernel =>
  (to, inputs, attributes) =>
    f(to, input(inputs, "x"), attributes);
const ofAB =
  (f: (to: Emitter, a: Value, b: Value) => Value): Kernel =>
  (to, inputs) =>
    f(to, input(inputs, "a"), input(inputs, "b"));

const one = scalar(1);
const zero = scalar(0);

const half = (to: Emitter, x: Value): Value => binary(to, "Mul", x, scalar(0.5));

/** tanh(x/2)·(eˣ + 1): no cancellation near 0, the right limits on both sides. */
const expm1 = (to: Emitter, x: Value): Value =>
  binary(to, "Mul", unary(to, "Tanh", half(to, x)), binary(to, "Add", unary(to, "Exp", x), one));

/** Kahan: with u = fl(1 + x), log(u)·x/(u − 1) has x's full precision; beyond 1 the plain logarithm does. */
function log1p(to: Emitter, x: Value): Value {
  const u = binary(to, "Add", x, one);
  const log = unary(to, "Log", u);
  const same = binary(to, "Equal", u, one, "bool");
  const below = where(to, same, one, binary(to, "Sub", u, one));
  const precise = where(to, same, x, binary(to, "Mul", log, binary(to, "Div", x, below)));
  return where(to, binary(to, "Greater", x, one, "bool"), log, precise);
}

/** Kernels of one input whose ONNX operator means the same. */
const UNARY = [
  "Exp", "Log", "Tanh", "Sigmoid", "Softplus", "Sqrt", "Neg", "Abs", "Reciprocal", "Sin", "Cos", "Asin", "Acos",
  "Atan", "Erf", "Sign", "Floor", "Ceil", "Round", "Relu", "Elu", "Selu",
]; // prettier-ignore

const BINARY = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "Div",
  Pow: "Pow",
  Maximum: "Max",
  Minimum: "Min",
};
const COMPARISON = {
  Equal: "Equal",
  Less: "Less",
  LessEqual: "LessOrEqual",
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  LogicalAnd: "And",
  LogicalOr: "Or",
};

const compositions: Record<string, Kernel> = {
  // TensorFlow.js clones whatever it keeps for a gradient: the value itself, so that the same terms are seen to be the same.
  Identity: ofX((_, x) => x),
  Square: ofX((to, x) => binary(to, "Mul", x, x)),
  Rsqrt: ofX((to, x) => unary(to, "Reciprocal", unary(to, "Sqrt", x))),
  Expm1: ofX(expm1),
  Log1p: ofX(log1p),
  // Spelled out because ONNX Runtime has no float64 kernel for these, and no WebGPU one for some.
  Tan: ofX((to, x) => binary(to, "Div", unary(to, "Sin", x), unary(to, "Cos", x))),
  Sinh: ofX((to, x) => {
    const e = expm1(to, x);
    return half(to, binary(to, "Add", e, binary(to, "Div", e, binary(to, "Add", e, one))));
  }),
  Cosh: ofX((to, x) =>
    half(to, binary(to, "Add", unary(to, "Exp", x), unary(to, "Exp", unary(to, "Neg", x)))),
  ),
  // sign(x)·log1p(|x| + x²/(1 + √(1 + x²)))
  Asinh: ofX((to, x) => {
    const square = binary(to, "Mul", x, x);
    const root = binary(to, "Add", unary(to, "Sqrt", binary(to, "Add", square, one)), one);
    return binary(
      to,
      "Mul",
      unary(to, "Sign", x),
      log1p(to, binary(to, "Add", unary(to, "Abs", x), binary(to, "Div", square, root))),
    );
  }),
  // With t = x − 1: log1p(t + √(2t + t²))
  Acosh: ofX((to, x) => {
    const t = binary(to, "Sub", x, one);
    const inside = binary(to, "Mul", t, binary(to, "Add", t, scalar(2)));
    return log1p(to, binary(to, "Add", t, unary(to, "Sqrt", inside)));
  }),
  // ½ log1p(2x/(1 − x))
  Atanh: ofX((to, x) =>
    half(to, log1p(to, binary(to, "Div", binary(to, "Add", x, x), binary(to, "Sub", one, x)))),
  ),
  Step: ofX((to, x, { alpha = 0 }) => {
    const positive = cast(to, binary(to, "Greater", x, zero, "bool"), x.type);
    if (alpha === 0) return positive;
    const negative = cast(to, binary(to, "Less", x, zero, "bool"), x.type);
    return binary(to, "Add", positive, binary(to, "Mul", negative, scalar(alpha as number)));
  }),
  LeakyRelu: ofX((to, x, { alpha }) =>
    to.emit("LeakyRelu", [x], x.shape, x.type, { alpha: { float: alpha as number } }),
  ),
  Relu6: ofX((to, x) => to.emit("Clip", [x, zero, scalar(6)], x.shape, x.type)),
  ClipByValue: ofX((to, x, { clipValueMin, clipValueMax }) =>
    to.emit(
      "Clip",
      [x, scalar(clipValueMin as number, x.type), scalar(clipValueMax as number, x.type)],
      x.shape,
      x.type,
    ),
  ),
  EluGrad: (to, inputs) => {
    const [dy, y] = [input(inputs, "dy"), input(inputs, "y")];
    const slope = binary(to, "Mul", dy, binary(to, "Add", y, one));
    return where(to, binary(to, "GreaterOrEqual", y, zero, "bool"), dy, slope);
  },
  Prelu: (to, inputs) => binary(to, "PRelu", input(inputs, "x"), input(inputs, "alpha")),
  SquaredDifference: ofAB((to, a, b) => {
    const difference = binary(to, "Sub", a, b);
    return binary(to, "Mul", difference, difference);
  }),
  NotEqual: ofAB((to, a, b) => unary(to, "Not", binary(to, "Equal", a, b, "bool"))),
  LogicalNot: ofX((to, x) => unary(to, "Not", x, "bool")),
  IsNan: ofX((to, x) => unary(to, "IsNaN", x, "bool")),
  IsInf: ofX((to, x) => unary(to, "IsInf", x, "bool")),
  IsFinite: ofX((to, x) => {
    const outside = binary(
      to,
      "Or",
      unary(to, "IsInf", x, "bool"),
      unary(to, "IsNaN", x, "bool"),
      "bool",
    );
    return unary(to, "Not", outside, "bool");
  }),
  FloorDiv: ofAB((to, a, b) =>
    cast(
      to,
      unary(to, "Floor", binary(to, "Div", cast(to, a, "real"), cast(to, b, "real"))),
      a.type,
    ),
  ),
  // The sign follows the divisor, as in TensorFlow; ONNX's Mod does so for integers only.
  Mod: ofAB((to, a, b) =>
    a.type === "real"
      ? binary(to, "Sub", a, binary(to, "Mul", unary(to, "Floor", binary(to, "Div", a, b)), b))
      : binary(to, "Mod", a, b),
  ),
  Select: (to, inputs) => {
    const [t, e] = [input(inputs, "t"), input(inputs, "e")];
    return where(to, input(inputs, "condition"), t, e);
  },
  AddN: (to, inputs) => Object.values(inputs).reduce((sum, x) => binary(to, "Add", sum, x)),
  Cast: (to, inputs, { dtype }) =>
    cast(to, input(inputs, "x"), dtype === "float32" ? "real" : (dtype as ValueType)),
};

export const elementwise: Record<string, Kernel> = {
  ...Object.fromEntries(UNARY.map((op) => [op, ofX((to, x) => unary(to, op, x))])),
  ...Object.fromEntries(
    Object.entries(BINARY).map(([name, op]) => [name, ofAB((to, a, b) => binary(to, op, a, b))]),
  ),
  ...Object.fromEntries(
    Object.entries(COMPARISON).map(([name, op]) => [
      name,
      ofAB((to, a, b) => binary(to, op, a, b, "bool")),
    ]),
  ),
  ...compositions,
};
