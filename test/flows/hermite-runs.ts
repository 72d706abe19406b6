import { compile, type EngineOptions, type Tensor } from "../../src/engine/index.ts";
import { hermite } from "../../src/flows/hermite.ts";
import type { HermiteShape } from "../../src/flows/hermite-piece.ts";
import { createRng } from "../../src/math/rng.ts";
import { referenceKnots, type Knots } from "./hermite-reference.ts";

/*
 * One entry per row, each row with parameters of its own: 10⁴ rows are 10⁴ splines. Raw parameters have deviations from 1,
 * an ordinary network's, to 50, where bins are at their minima and slopes at their limits.
 */
export const BINS = 8;
export const BOUND = 5;
export const DRAWS = 10_000;
export const DEVIATIONS = [1, 3, 10, 50];
export const float64: EngineOptions = { engine: "cpu", precision: "float64" };
export const float32: EngineOptions = { engine: "cpu" };
export type Direction = "forward" | "inverse";

/** Compiles a function of entries [N, 1] and raw parameters [N, 3K − 1]; `run` gives each result as one array. */
export async function compiled<K extends string>(
  count: number,
  columns: number,
  f: (x: Tensor, raw: Tensor) => Record<K, Tensor>,
  engine = float64,
) {
  const program = await compile(
    {
      label: "hermite",
      inputs: { x: { shape: [count, 1] }, raw: { shape: [count, columns] } },
      body: (inputs) => ({ outputs: f(inputs["x"] as Tensor, inputs["raw"] as Tensor) }),
    },
    engine,
  );
  const run = async (x: Float64Array, raw: Float64Array) =>
    Object.fromEntries(
      Object.entries(await program.run({ x, raw })).map(([name, values]) => [
        name,
        Float64Array.from(values),
      ]),
    ) as Record<K, Float64Array>;
  return { run, dispose: () => program.dispose() };
}

/** Compiles, runs once and lets go. */
export async function over<K extends string>(
  x: Float64Array,
  raw: Float64Array,
  f: (x: Tensor, raw: Tensor) => Record<K, Tensor>,
  engine = float64,
): Promise<Record<K, Float64Array>> {
  const { run, dispose } = await compiled(x.length, raw.length / x.length, f, engine);
  const outputs = await run(x, raw);
  await dispose();
  return outputs;
}

/** Value and log-slope of either direction. */
export const apply = (
  direction: Direction,
  x: Tensor,
  raw: Tensor,
  shape: Partial<HermiteShape> = {},
) => {
  const spline = hermite({ bins: BINS, bound: BOUND, ...shape });
  if (direction === "forward") return spline.forward(x, raw);
  const { x: y, logSlope } = spline.inverse(x, raw);
  return { y, logSlope };
};
export const evaluate = (
  direction: Direction,
  x: Float64Array,
  raw: Float64Array,
  engine = float64,
) => over(x, raw, (at, parameters) => apply(direction, at, parameters), engine);

export const rawOf = (deviation: number, count = DRAWS, bins = BINS): Float64Array =>
  createRng("raw")
    .fork(deviation)
    .normals(count * (3 * bins - 1))
    .map((v) => deviation * v);
export const pointsIn = (count = DRAWS, reach = BOUND): Float64Array =>
  createRng("points")
    .uniforms(count)
    .map((u) => reach * (2 * u - 1));
export const knotsOf = (raw: Float64Array, row: number, bins = BINS, bound = BOUND): Knots =>
  referenceKnots([...raw.subarray(row * (3 * bins - 1), (row + 1) * (3 * bins - 1))], bins, bound);
/** The same parameters for every row. */
export const repeated = (one: readonly number[], count: number): Float64Array =>
  Float64Array.from({ length: count * one.length }, (_, i) => one[i % one.length] ?? 0);
