import { offTape, tf, whileLoop, type Tensor } from "../engine/index.ts";
import { real, realTensor } from "../distributions/real.ts";
import type { Dynamics, DynamicsOfRows } from "./dynamics.ts";
import { firstStep } from "./first-step.ts";
import { activeFirst } from "./active-first.ts";
import { column } from "./column.ts";
import { combination, endsInLastStage, rungeKuttaStep } from "./runge-kutta-step.ts";
import { growth, LOG_LEAST_ERROR, LOG_MOST } from "./step-control.ts";
import type { AdaptiveSteps, Interval, Solution } from "./solver.ts";
import type { Tableau } from "./tableau.ts";

/*
 * Every row has a time and a step of its own; all rows are tried together, and those that are done are frozen until the
 * last one is. A row that gave up has the step length 0.
 */
type State = Record<
  "t" | "y" | "slope" | "length" | "ceiling" | "before" | "tries" | "active",
  Tensor
>;

/** Tensors that differ from row to row, [N, …] each. */
type Rows = Readonly<Record<string, Tensor>>;

/** What does not change from step to step. */
interface Setting {
  readonly dynamics: DynamicsOfRows<string>;
  /** None where all rows must stay together. */
  readonly rows: Rows | undefined;
  /** Ends in its last stage. */
  readonly tableau: Tableau;
  readonly errorWeights: readonly number[];
  readonly errorOrder: number;
  readonly solver: AdaptiveSteps;
  readonly direction: number;
  readonly span: number;
}

/** The same method with f at the end of the step as one more stage, unless it has that already. */
function withLastStage(tableau: Tableau): Tableau {
  if (endsInLastStage(tableau)) return tableau;
  const { nodes, matrix, weights, embedded } = tableau;
  return {
    ...tableau,
    nodes: [...nodes, 1],
    matrix: [...matrix, weights],
    weights: [...weights, 0],
    ...(embedded && { embedded: { ...embedded, weights: [...embedded.weights, 0] } }),
  };
}

function settingOf(
  dynamics: DynamicsOfRows<string>,
  rows: Rows | undefined,
  solver: AdaptiveSteps,
  { from, to }: Interval,
): Setting {
  const tableau = withLastStage(solver.tableau);
  const { order = 0, weights = [] } = tableau.embedded ?? {};
  return {
    dynamics,
    rows,
    tableau,
    errorWeights: tableau.weights.map((b, i) => b - (weights[i] ?? 0)),
    errorOrder: Math.min(order, tableau.order) + 1,
    solver,
    direction: Math.sign(to - from),
    span: Math.abs(to - from),
  };
}

/** Whether a row still has a way to go, a step to take and tries left. */
const goesOn = (
  { t, length, tries }: Pick<State, "t" | "length" | "tries">,
  target: Tensor,
  maxSteps: number,
): Tensor =>
  tf.logicalAnd(
    tf.logicalAnd(tf.notEqual(t, target), tf.greater(length, 0)),
    tf.less(tries, maxSteps),
  );

/** Rejected, though the time cannot be told from the one an eighth of the step further on. */
function isStuck({ span }: Setting, t: Tensor, tried: Tensor): Tensor {
  // Around t = 0 floats never run out: there it is a step of 1e-6 of their resolution at the interval's length.
  const scale = tf.add(tf.abs(t), real(1e-6 * span));
  return tf.equal(tf.add(scale, tf.mul(tried, 0.125)), scale);
}

/** Tries one step with every row that is active. */
function attempt(setting: Setting, state: State, target: Tensor): State {
  const { dynamics, rows = {}, tableau, errorWeights, errorOrder, solver, direction } = setting;
  const { t, y, slope, length, ceiling, before, tries, active } = state;
  const left = tf.abs(tf.sub(target, t));
  // A step that would end just before the target is stretched, so that no tiny one remains.
  const last = tf.greaterEqual(tf.mul(length, real(1.01)), left);
  const tried = tf.where(last, left, length);
  const step = direction < 0 ? tf.neg(tried) : tried;
  const next = tf.where(last, target, tf.add(t, step));
  const { end, slopes } = rungeKuttaStep((time, point) => dynamics(time, point, rows), tableau, {
    t,
    next,
    y,
    step,
    slope,
  });

  const error = tf.mul(combination(errorWeights, slopes) ?? tf.zerosLike(y), step);
  const scale = tf.add(
    tf.mul(tf.maximum(tf.abs(y), tf.abs(end)), real(solver.rtol)),
    real(solver.atol),
  );
  const squared = tf.mean(tf.square(tf.div(error, scale)), 1, true);
  // NaN is not small either.
  const small = tf.lessEqual(squared, 1);
  const accepted = tf.logicalAnd(active, small);
  const { logError, factor } = growth({ squared, before, ceiling, accepted }, errorOrder);

  const proposal = tf.mul(tried, factor);
  // Cut short by the target, not by the error: what was planned is still good.
  const planned = tf.where(
    tf.logicalAnd(last, accepted),
    tf.maximum(proposal, length),
    tf.where(tf.logicalAnd(tf.logicalNot(small), isStuck(setting, t, tried)), 0, proposal),
  );
  const moved = {
    t: tf.where(accepted, next, t),
    length: tf.where(active, planned, length),
    tries: tf.add(tries, tf.cast(active, "float32")),
  };
  return {
    ...moved,
    y: tf.where(accepted, end, y),
    slope: tf.where(accepted, slopes.at(-1) ?? slope, slope),
    ceiling: tf.where(active, tf.where(accepted, LOG_MOST, 0), ceiling),
    before: tf.where(accepted, tf.maximum(logError, LOG_LEAST_ERROR), before),
    active: goesOn(moved, target, solver.maxSteps),
  };
}

/** Below this, evaluating fewer rows saves little. */
const WORTH_PARTING = 512;

/**
 * Goes on until every row is at the target, or cannot go on. When only a quarter of many rows is still on its way, these
 * go on by themselves: a few slow rows would otherwise have all rows evaluated until they are there.
 */
function advance(setting: Setting, state: State, target: Tensor): State {
  const [count = 1] = state.t.shape;
  const fewer = setting.rows && count >= WORTH_PARTING ? Math.ceil(count / 4) : 0;
  const activated = (now: State): State => ({
    ...now,
    active: goesOn(now, target, setting.solver.maxSteps),
  });
  const before = whileLoop(
    ({ active }) =>
      fewer === 0 ? tf.any(active) : tf.greater(tf.sum(tf.cast(active, "float32")), fewer),
    (now) => attempt(setting, now, target),
    activated(state),
  );
  if (fewer === 0) return before;
  const part = activeFirst(before.active, fewer);
  const taken = mapValues(before, part.take);
  const after = advance(
    { ...setting, rows: mapValues(setting.rows ?? {}, part.take) },
    taken,
    target,
  );
  return mapValues(before, (value, name) =>
    // Without meaning once all rows are done; ONNX Runtime chooses between no truth values.
    name === "active" ? value : part.putBack(after[name], value),
  );
}

const mapValues = <K extends string>(
  tensors: Readonly<Record<K, Tensor>>,
  f: (tensor: Tensor, name: K) => Tensor,
): Record<K, Tensor> =>
  Object.fromEntries(
    Object.entries<Tensor>(tensors).map(([name, tensor]) => [name, f(tensor, name as K)]),
  ) as Record<K, Tensor>;

/** y where the row is at the time, NaN elsewhere. */
const arrived = ({ t, y }: State, time: Tensor): Tensor =>
  tf.where(tf.equal(t, time), y, tf.fill(y.shape, NaN));

/** The same for several times, one after the other: y at each of them, [M, N, S]. */
function advanceThrough(
  setting: Setting,
  start: State,
  times: readonly number[],
): { state: State; states: Tensor } {
  const all = realTensor(times, [times.length]);
  const places = tf.reshape(tf.range(0, times.length), [times.length, 1, 1]);
  const { states, ...state } = whileLoop<keyof State | "states" | "place">(
    ({ place }) => tf.less(place, times.length),
    ({ states: before, place, ...now }) => {
      const target = tf.gather(all, tf.cast(place, "int32"));
      const then = advance(setting, now, target);
      return {
        ...then,
        states: tf.where(tf.equal(places, place), tf.expandDims(arrived(then, target), 0), before),
        place: tf.add(place, 1),
      };
    },
    { ...start, states: tf.zeros([times.length, ...start.y.shape]), place: tf.scalar(0) },
  );
  return { state, states };
}

/** Steps by the error, each row its own; see `solve`. */
export function adaptiveSteps(
  given: DynamicsOfRows<string>,
  start: Tensor,
  interval: Interval,
  solver: AdaptiveSteps,
  rows?: Rows,
): Solution {
  const setting = settingOf(given, rows, solver, interval);
  const dynamics: Dynamics = (time, y) => given(time, y, rows ?? {});
  return offTape(() => {
    const [count = 1] = start.shape;
    const { from, to, at = [] } = interval;
    const t = column(count, from);
    const slope = dynamics(t, start);
    const k = setting.errorOrder;
    const zeros = tf.zeros([count, 1]);
    const begin: State = {
      t,
      y: start,
      slope,
      length: firstStep(dynamics, { t, y: start, slope }, { ...setting, k }, solver),
      ceiling: column(count, LOG_MOST),
      before: column(count, LOG_LEAST_ERROR),
      tries: zeros,
      active: tf.cast(zeros, "bool"),
    };
    const solution = ({ t: reached, tries }: State, end: Tensor, states: Tensor[]): Solution => ({
      end,
      at: states,
      // Two for the first step's length; the last slope of a step is the first of the next one.
      evaluations: tf.reshape(tf.add(tf.mul(tries, setting.tableau.nodes.length - 1), 2), [count]),
      reached: tf.reshape(reached, [count]),
    });
    if (at.length === 0) {
      const state = advance(setting, begin, real(to));
      return solution(state, arrived(state, real(to)), []);
    }
    const { state, states } = advanceThrough(setting, begin, [...at, to]);
    const parts = tf.unstack(states);
    return solution(state, parts.at(-1) ?? start, parts.slice(0, -1));
  });
}
