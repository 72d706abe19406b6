import {
  compile,
  tf,
  type EngineOptions,
  type NumericArray,
  type Tensor,
  type Tensors,
} from "../engine/index.ts";
import type { Dynamics } from "../ode/dynamics.ts";
import type { Interval, Solution } from "../ode/solver.ts";

/** A `Solution` as arrays. */
interface Solved {
  readonly end: NumericArray;
  readonly at: readonly NumericArray[];
  readonly evaluations: NumericArray;
  readonly reached: NumericArray;
}

/**
 * Runs a function that solves from rows, perhaps in several ways, in one program.
 *
 * @param rows all of the same length
 */
export async function solved<Names extends string>(
  rows: readonly (readonly number[])[],
  outputs: (start: Tensor) => Record<Names, Solution>,
  engine: EngineOptions,
): Promise<Record<Names, Solved>> {
  const shape = [rows.length, rows[0]?.length ?? 0];
  const times: Record<string, number> = {};
  const program = await compile(
    {
      label: "solver contract",
      inputs: { start: { shape } },
      body: ({ start }) => {
        const results: Tensors = {};
        for (const [name, solution] of Object.entries<Solution>(outputs(start as Tensor))) {
          const { end, at, evaluations, reached } = solution;
          Object.assign(results, {
            [`${name} end`]: end,
            [`${name} evaluations`]: evaluations,
            [`${name} reached`]: reached,
          });
          at.forEach((y, i) => (results[`${name} at ${i}`] = y));
          times[name] = at.length;
        }
        return { outputs: results };
      },
    },
    engine,
  );
  try {
    const all = await program.run({ start: Float64Array.from(rows.flat()) });
    const array = (name: string): NumericArray => all[name] ?? new Float64Array();
    const results: Record<string, Solved> = Object.fromEntries(
      Object.entries(times).map(([name, count]) => [
        name,
        {
          end: array(`${name} end`),
          at: Array.from({ length: count }, (_, i) => array(`${name} at ${i}`)),
          evaluations: array(`${name} evaluations`),
          reached: array(`${name} reached`),
        },
      ]),
    );
    return results;
  } finally {
    await program.dispose();
  }
}

/** A problem of four columns with a known solution: nonlinear, driven by the time, and coupled. */
export const smooth: {
  readonly dynamics: Dynamics;
  readonly solution: (t: number) => readonly number[];
} = {
  dynamics: (t, y) => {
    const [a, b, c, d] = tf.split(y, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    return tf.concat([tf.mul(a, tf.cos(t)), tf.mul(tf.mul(tf.square(b), t), -2), d, tf.neg(c)], 1);
  },
  solution: (t) => [Math.exp(Math.sin(t)), 1 / (1 + t * t), Math.sin(t), Math.cos(t)],
};

/** Far enough for errors of methods of order 5 to show their order before round-off hides it. */
export const END = 4;
export const FORTH: Interval = { from: 0, to: END };
export const BACK: Interval = { from: END, to: 0 };

export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (x, i) => x - (b[i] ?? NaN)));

/** y′ = −λ (y − cos t), stiff where λ is large; the second column is λ, which stays. */
export const relaxation: Dynamics = (t, y) => {
  const [x, rate] = tf.split(y, 2, 1) as [Tensor, Tensor];
  return tf.concat([tf.mul(rate, tf.sub(tf.cos(t), x)), tf.zerosLike(rate)], 1);
};

/** y′ = y², from 1 at t = 0 infinite at t = 1. */
export const explosion: Dynamics = (_, y) => tf.square(y);
