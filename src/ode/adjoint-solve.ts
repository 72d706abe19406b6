import { tf, valueAndPullBack, type Shape, type Tensor, type Tensors } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { solve } from "./solve.ts";
import type { Interval, Solver } from "./solver.ts";

/** A solve back from the end of another one. */
export interface Backward {
  /** dy/dt, of a function that reads these tensors, by name, beside t [N, 1] and y [N, S]. */
  readonly dynamics: (t: Tensor, y: Tensor, known: Tensors) => Tensor;
  readonly solver: Solver;
  readonly interval: Interval;
}

export interface AdjointStart {
  /** Where the solve forward ended, [N, S]. */
  readonly end: Tensor;
  /** What the dynamics read. */
  readonly known: Tensors;
  /** Names of those that get a gradient. */
  readonly wanted: readonly string[];
}

/** The columns whose error is not controlled are made this small, and so stay below any atol. */
const NEGLIGIBLE = 2 ** -40;

/**
 * The gradients towards the start [N, S] and towards what is wanted, for the gradient dy [N, S] towards the end, by the
 * equations of `differentiableSolve`.
 *
 * All rows go as one long row [y, a, dL/dθ], so that they take the same steps: the integral dL/dθ adds them up. It is no
 * part of the dynamics, and not under error control (Kidger, Chen & Lyons 2021, arXiv:2009.09457).
 */
export function adjointSolve(
  { dynamics, solver, interval }: Backward,
  { end, known, wanted }: AdjointStart,
  dy: Tensor,
): { start: Tensor; wanted: Tensor[] } {
  const [rows = 1] = end.shape;
  const sought = wanted.map((name) => known[name] as Tensor);
  const long = longRow([end.shape, end.shape, ...sought.map(({ shape }) => shape)]);
  // a is linear in dy: scaled to a mean square of 1, atol means for it what it means for y.
  const scale = tf.maximum(tf.sqrt(tf.mean(tf.square(dy))), real(1e-30));
  const backward = (t: Tensor, state: Tensor): Tensor => {
    const [y, a] = long.split(state) as [Tensor, Tensor];
    const times = tf.tile(t, [rows, 1]);
    const f = (point: Tensor, ...tensors: Tensor[]): Tensor => {
      const others = Object.fromEntries(wanted.map((name, i) => [name, tensors[i] as Tensor]));
      return dynamics(times, point, { ...known, ...others });
    };
    const { value, gradients } = valueAndPullBack(f, [y, ...sought], a);
    const [towardsRows, ...towardsOthers] = gradients as [Tensor, ...Tensor[]];
    return long.join([
      value,
      tf.neg(towardsRows),
      ...towardsOthers.map((gradient) => tf.mul(gradient, -NEGLIGIBLE)),
    ]);
  };
  const start = [end, tf.div(dy, scale), ...sought.map((tensor) => tf.zerosLike(tensor))];
  const controlled = (2 * end.size) / long.size;
  const solution = solve(backward, long.join(start), interval, stricter(solver, controlled));
  const [, a, ...integrals] = long.split(solution.end) as [Tensor, Tensor, ...Tensor[]];
  return {
    start: tf.mul(a, scale),
    wanted: integrals.map((integral) => tf.mul(tf.mul(integral, 1 / NEGLIGIBLE), scale)),
  };
}

/** Tolerances for a mean over all columns where only a share of them has an error. */
const stricter = (solver: Solver, share: number): Solver =>
  "steps" in solver
    ? solver
    : {
        ...solver,
        rtol: solver.rtol * Math.sqrt(share),
        atol: solver.atol * Math.sqrt(share),
      };

/** Tensors of these shapes, one behind the other in a single row [1, M]. */
function longRow(shapes: readonly Shape[]): {
  readonly size: number;
  join(parts: readonly Tensor[]): Tensor;
  split(row: Tensor): Tensor[];
} {
  const sizes = shapes.map((shape) => shape.reduce((product, d) => product * d, 1));
  return {
    size: sizes.reduce((sum, size) => sum + size, 0),
    join: (parts) =>
      tf.concat(
        parts.map((part) => tf.reshape(part, [1, part.size])),
        1,
      ),
    split: (row) =>
      tf.split(row, sizes, 1).map((part, i) => tf.reshape(part, [...(shapes[i] as Shape)])),
  };
}
