import { compile, tf, type Precision, type Tensor } from "../../src/engine/index.ts";
import { parametersPerEntry, type Transformer } from "../../src/flows/transformer.ts";
import { createRng } from "../../src/math/rng.ts";
import { largest } from "./helpers.ts";

/** Entries per row of `draw`. */
export const COLUMNS = 3;

export type Outputs = Record<string, Float64Array>;

export interface Options {
  readonly columns?: number;
  readonly precision?: Precision;
}

/** A function of x [N, d] and raw [N, …], compiled once. */
export async function compiled(
  transformer: Transformer,
  rows: number,
  f: (x: Tensor, raw: Tensor) => Record<string, Tensor>,
  { columns = COLUMNS, precision = "float64" }: Options = {},
) {
  const program = await compile(
    {
      label: "spline",
      inputs: {
        x: { shape: [rows, columns] },
        raw: { shape: [rows, columns * parametersPerEntry(transformer)] },
      },
      body: (t) => ({ outputs: f(t["x"] as Tensor, t["raw"] as Tensor) }),
    },
    { engine: "cpu", precision },
  );
  return {
    async run(x: ArrayLike<number>, raw: ArrayLike<number>): Promise<Outputs> {
      const outputs = await program.run({ x: Float64Array.from(x), raw: Float64Array.from(raw) });
      return Object.fromEntries(
        Object.entries(outputs).map(([name, values]) => [name, Float64Array.from(values)]),
      );
    },
    dispose: () => program.dispose(),
  };
}

/** Runs a function once. */
export async function evaluate(
  transformer: Transformer,
  x: ArrayLike<number>,
  raw: ArrayLike<number>,
  f: (x: Tensor, raw: Tensor) => Record<string, Tensor>,
  options: Options = {},
): Promise<Outputs> {
  const program = await compiled(transformer, x.length / (options.columns ?? COLUMNS), f, options);
  const outputs = await program.run(x, raw);
  await program.dispose();
  return outputs;
}

/** Rows of N(0, 3²), some of which lie beyond the bound, and parameters of the given deviation. */
export function draw(transformer: Transformer, rows: number, deviation: number) {
  const rng = createRng(3);
  const count = rows * COLUMNS;
  return {
    x: Array.from(rng.fork("x").normals(count), (v) => Math.fround(3 * v)),
    raw: rng
      .fork("raw")
      .normals(count * parametersPerEntry(transformer))
      .map((v) => Math.fround(deviation * v)),
  };
}

export const both = (transformer: Transformer) => (x: Tensor, raw: Tensor) => {
  const { y, logSlope } = transformer.forward(x, raw);
  const { x: back, logSlope: backSlope } = transformer.inverse(y, raw);
  const away = transformer.inverse(x, raw);
  return { y, logSlope, back, sum: tf.add(logSlope, backSlope), inverse: away.x, inverseSlope: away.logSlope };
}; // prettier-ignore

export const at = (values: ArrayLike<number> | undefined, i: number): number => values?.[i] ?? NaN;
export const each = (values: ArrayLike<number>, f: (value: number, i: number) => number): number =>
  largest(Array.from(values, f).map((v) => (Number.isNaN(v) ? Infinity : v)));
