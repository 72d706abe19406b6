import { tf, whileLoop, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import { column } from "./column.ts";
import type { Dynamics } from "./dynamics.ts";
import { rungeKuttaStep } from "./runge-kutta-step.ts";
import type { FixedSteps, Interval, Solution } from "./solver.ts";
import type { Tableau } from "./tableau.ts";

/** The tableau without stages at its end that only an error estimate, or the step after, would use. */
function withoutIdleStages(tableau: Tableau): Tableau {
  const { nodes, matrix, weights } = tableau;
  const stages = weights.findLastIndex((weight) => weight !== 0) + 1;
  return {
    ...tableau,
    nodes: nodes.slice(0, stages),
    matrix: matrix.slice(0, stages),
    weights: weights.slice(0, stages),
  };
}

/** Steps of equal length from one time to another. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** The interval cut at `at`, the steps shared out by length, at least one to each part. */
function segmentsOf({ from, to, at = [] }: Interval, steps: number): readonly Segment[] {
  const ends = [...at, to];
  return ends.map((end, i) => {
    const start = ends[i - 1] ?? from;
    const share = from === to ? 0 : (end - start) / (to - from);
    return { from: start, to: end, steps: Math.max(1, Math.round(steps * share)) };
  });
}

function unrolled(dynamics: Dynamics, tableau: Tableau, start: Tensor, segment: Segment): Tensor {
  const [rows = 1] = start.shape;
  const { from, to, steps } = segment;
  const step = real((to - from) / steps);
  const time = (i: number): Tensor =>
    column(rows, i === steps ? to : from + ((to - from) * i) / steps);
  let [y, t] = [start, time(0)];
  for (let i = 1; i <= steps; i++) {
    const next = time(i);
    y = rungeKuttaStep(dynamics, tableau, { t, next, y, step }).end;
    t = next;
  }
  return y;
}

function looped(dynamics: Dynamics, tableau: Tableau, start: Tensor, segment: Segment): Tensor {
  const [rows = 1] = start.shape;
  const { from, to, steps } = segment;
  const step = real((to - from) / steps);
  const [begin, last] = [column(rows, from), column(rows, to)];
  // By multiplication, since a sum of steps gathers round-off.
  const time = (i: Tensor): Tensor =>
    tf.where(tf.equal(i, steps), last, tf.add(begin, tf.mul(i, step)));
  const { y } = whileLoop(
    ({ i }) => tf.less(i, steps),
    ({ i, t, y: before }) => {
      const after = tf.add(i, 1);
      const next = time(after);
      return {
        i: after,
        t: next,
        y: rungeKuttaStep(dynamics, tableau, { t, next, y: before, step }).end,
      };
    },
    { i: tf.scalar(0), t: begin, y: start },
  );
  return y;
}

/** Steps of one length, the same for all rows; see `solve`. */
export function fixedSteps(
  dynamics: Dynamics,
  start: Tensor,
  interval: Interval,
  solver: FixedSteps,
): Solution {
  const tableau = withoutIdleStages(solver.tableau);
  const segments = segmentsOf(interval, solver.steps);
  const [rows = 1] = start.shape;
  const states: Tensor[] = [];
  let y = start;
  for (const segment of segments) {
    const from = y;
    y =
      solver.looped === true
        ? looped(dynamics, tableau, from, segment)
        : unrolled(dynamics, tableau, from, segment);
    states.push(y);
  }
  const steps = segments.reduce((sum, segment) => sum + segment.steps, 0);
  return {
    end: y,
    at: states.slice(0, -1),
    evaluations: tf.fill([rows], steps * tableau.nodes.length),
    reached: tf.reshape(column(rows, interval.to), [rows]),
  };
}
