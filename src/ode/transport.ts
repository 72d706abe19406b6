import { tf, type Slot, type Store, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { differentiableSolve } from "./adjoint.ts";
import { divergence, type Trace } from "./divergence.ts";
import type { Interval, Solver } from "./solver.ts";
import type { Velocity } from "./velocity.ts";

/** A velocity field with its divergence. */
export interface Field {
  readonly velocity: Velocity;
  /** Whose slots the velocity reads. */
  readonly store: Store;
  /** Probes [1, K, D] of every row, where its own are not given; left out where the divergence is exact. */
  readonly probes?: Slot;
}

export interface Route {
  readonly interval: Interval;
  readonly solver: Solver;
  readonly call: Call;
  /** Of each row, [N, K, D]; only where the divergence is estimated. */
  readonly probes?: Tensor;
}

/** Rows at one time, and the log-determinant of the map that took them there. */
export interface Moved {
  /** [N, D] */
  readonly x: Tensor;
  /** ∫ ∇·v dt from the start to here, with the sign of dt, [N]; log|det ∂x/∂start|, nats. */
  readonly logDet: Tensor;
}

export interface Transported extends Moved {
  /** At each time of `interval.at`. */
  readonly at: readonly Moved[];
  /** As of `Solution`, [N]. */
  readonly evaluations: Tensor;
  readonly reached: Tensor;
}

/**
 * Rows [N, D] carried by a velocity field, dx/dt = v(t, x) and d logDet/dt = ∇·v (the instantaneous change of variables,
 * Chen et al. 2018, arXiv:1806.07366, with the sign of the map's own log-determinant), as one system of columns
 * [x, logDet]. Differentiable as `differentiableSolve` says.
 */
export function transport(field: Field, start: Tensor, route: Route): Transported {
  const { velocity, store } = field;
  const { context, ...call } = route.call;
  const [rows = 1, dim = 1] = start.shape;
  const solution = differentiableSolve(
    {
      store,
      ...(context && { given: { context } }),
      ...(route.probes && field.probes && { fixed: { probes: route.probes } }),
      dynamics(t, y, { context: given, probes }) {
        const x = tf.slice(y, [0, 0], [y.shape[0], dim]);
        const point = { t, x, call: given ? { ...call, context: given } : call };
        const at = divergence(velocity, point, traceOf(field, probes));
        return tf.concat([at.velocity, at.divergence], 1);
      },
    },
    tf.concat([start, tf.zeros([rows, 1])], 1),
    route.interval,
    route.solver,
  );
  const moved = (y: Tensor): Moved => ({
    x: tf.slice(y, [0, 0], [rows, dim]),
    logDet: tf.reshape(tf.slice(y, [0, dim], [rows, 1]), [rows]),
  });
  return { ...solution, ...moved(solution.end), at: solution.at.map(moved) };
}

const traceOf = ({ probes: fixed }: Field, own: Tensor | undefined): Trace =>
  fixed ? { kind: "hutchinson", probes: own ?? fixed.read() } : { kind: "exact" };
