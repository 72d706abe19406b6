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

/** Kernels of one input whose ONNX operator means the same. */
const UNARY = [
  "Exp", "Log", "Tanh", "Sigmoid", "Softplus", "Sqrt", "Neg", "Abs", "Reciprocal", "Sin", "Cos", "Tan", "Asin", "Acos",
  "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh", "Erf", "Sign", "Floor", "Ceil", "Round", "Relu", "Elu", "Selu",
  "Identity",
]; // prettier-ignore

const BINARY = {
  Add: "Add",
  AddV2: "Add",
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
  Square: ofX((to, x) => binary(to, "Mul", x, x)),
  Rsqrt: ofX((to, x) => unary(to, "Reciprocal", unary(to, "Sqrt", x))),
  // tanh(x/2)·(eˣ + 1): no cancellation near 0, the right limits on both sides.
  Expm1: ofX((to, x) =>
    binary(
      to,
      "Mul",
      unary(to, "Tanh", binary(to, "Mul", x, scalar(0.5))),
      binary(to, "Add", unary(to, "Exp", x), one),
    ),
  ),
  // Kahan: with u = fl(1 + x), log(u)·x/(u − 1) has x's full precision; beyond 1 the plain logarithm does.
  Log1p: ofX((to, x) => {
    const u = binary(to, "Add", x, one);
    const log = unary(to, "Log", u);
    const same = binary(to, "Equal", u, one, "bool");
    const below = where(to, same, one, binary(to, "Sub", u, one));
    const precise = where(to, same, x, binary(to, "Mul", log, binary(to, "Div", x, below)));
    return where(to, binary(to, "Greater", x, one, "bool"), log, precise);
  }),
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
