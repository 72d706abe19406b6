import * as assert from "uvu/assert";
import {
  compile,
  type Arrays,
  type EngineOptions,
  type NumericArray,
  type Tensor,
} from "../../src/engine/index.ts";
import type { Solution, Solver } from "../../src/ode/solver.ts";
import { solvers } from "../../src/ode/solvers.ts";

export const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };
export const within = (tolerance: number, word = "dopri5", maxSteps = 1000): Solver => ({
  tableau: solvers.get(word),
  rtol: tolerance,
  atol: tolerance,
  maxSteps,
});
export const steps = (count: number, word = "rk4", looped = false): Solver => ({
  tableau: solvers.get(word),
  steps: count,
  looped,
});
export const ADAPTIVE = solvers.words.filter((word) => solvers.get(word).embedded);

/** Runs what solves from `start` [N, S] once. */
export async function run(
  start: readonly (readonly number[])[],
  body: (start: Tensor) => Solution | Record<string, Tensor | readonly Tensor[]>,
  engine: EngineOptions = FLOAT64,
): Promise<Arrays> {
  const program = await compile(
    {
      label: "test",
      inputs: { start: { shape: [start.length, start[0]?.length ?? 0] } },
      body: ({ start: rows }) => ({
        outputs: Object.fromEntries(
          Object.entries(body(rows as Tensor)).flatMap(
            ([name, value]: [string, Tensor | readonly Tensor[]]) =>
              Array.isArray(value)
                ? value.map((y: Tensor, i): [string, Tensor] => [`${name}${i}`, y])
                : [[name, value as Tensor]],
          ),
        ),
      }),
    },
    engine,
  );
  const outputs = await program.run({ start: Float64Array.from(start.flat()) });
  await program.dispose();
  return outputs;
}

export const part = (arrays: Arrays, name: string): NumericArray =>
  arrays[name] ?? new Float64Array();
export const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  assert.is(a.length, b.length);
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? NaN))));
};
