import { constant, sizeOf, type Value, type ValueType } from "../graph.ts";
import type { Shape } from "../program.ts";
import { input, type Kernel } from "./kernel.ts";

const filled = (shape: Shape, value: number, type: ValueType): Value =>
  constant(new Float64Array(sizeOf(shape)).fill(value), shape, type);
const typeOf = (dtype: unknown): ValueType =>
  dtype === undefined || dtype === "float32" ? "real" : (dtype as ValueType);

export const constants: Record<string, Kernel> = {
  Fill: (_, _inputs, { shape, value, dtype }) =>
    filled(shape as number[], value as number, typeOf(dtype)),
  ZerosLike: (_, inputs) => filled(input(inputs, "x").shape, 0, input(inputs, "x").type),
  OnesLike: (_, inputs) => filled(input(inputs, "x").shape, 1, input(inputs, "x").type),
  Range: (_, _inputs, { start, stop, step, dtype }) => {
    const [a, b, s] = [start, stop, step] as [number, number, number];
    const values = Array.from(
      { length: Math.max(0, Math.ceil((b - a) / s)) },
      (_value, i) => a + i * s,
    );
    return constant(values, [values.length], typeOf(dtype));
  },
  LinSpace: (_, _inputs, { start, stop, num }) => {
    const [a, b, n] = [start, stop, num] as [number, number, number];
    return constant(
      Array.from({ length: n }, (_value, i) => (n === 1 ? a : a + (i * (b - a)) / (n - 1))),
      [n],
      "real",
    );
  },
};
