import { offTape, tf, type Store, type Tensor, type Tensors } from "../engine/index.ts";
import { adjointSolve, type Backward } from "./adjoint-solve.ts";
import { solve } from "./solve.ts";
import type { Interval, Solution, Solver } from "./solver.ts";

/** What is solved: dy/dt of rows, by a function that reads a store's slots and further tensors of each row. */
export interface Problem {
  /** As `DynamicsOfRows`. @param rows `given` and `fixed`, or tensors of their names in their place */
  readonly dynamics: (t: Tensor, y: Tensor, rows: Tensors) => Tensor;
  /** Whose slots the dynamics read; its variables get a gradient. */
  readonly store: Store;
  /** What else the dynamics read of each row, [N, …], and gets a gradient, such as the context. */
  readonly given?: Tensors;
  /** What else they read of each row and gets none, such as probes. */
  readonly fixed?: Tensors;
}

/**
 * `solve` with a gradient. Steps that are recorded one after the other are left to the tape (discretise, then optimise).
 * For steps in a loop it is the continuous adjoint (Chen et al. 2018, arXiv:1806.07366): with a = ∂L/∂y,
 *
 *     da/dt = −aᵀ ∂f/∂y        dL/dθ = −∫ aᵀ ∂f/∂θ dt from the end back to the start
 *
 * solved backwards by the same solver, with y integrated anew beside a. It is towards `start`, the variables that the
 * dynamics read, and `given`; first derivatives only. A row that did not get to its end makes the gradient NaN.
 */
export function differentiableSolve(
  problem: Problem,
  start: Tensor,
  interval: Interval,
  solver: Solver,
): Solution {
  const { store, given = {}, fixed = {} } = problem;
  const rows: Tensors = { ...given, ...fixed };
  const run = (): Solution =>
    solve<string>((t, y, some) => problem.dynamics(t, y, some), start, interval, solver, rows);
  if ("steps" in solver && solver.looped !== true) return run();
  const { result, read } = store.observe(() => offTape(run));
  const variables = store.slots("variable").flatMap(({ name }) => (name in read ? [name] : []));
  const known = { ...prefixed(SLOT, read), ...prefixed(ROWS, rows) };
  const wanted = [
    ...Object.keys(given).map((name) => [ROWS + name]),
    ...(variables.length > 0 ? [variables.map((name) => SLOT + name)] : []),
  ];
  const reaching = (end: Tensor, to: number): Tensor => {
    const backward: Backward = {
      dynamics: (t, y, tensors) =>
        store.bind(unprefixed(SLOT, tensors), () =>
          problem.dynamics(t, y, unprefixed(ROWS, tensors)),
        ).result,
      solver,
      interval: { from: to, to: interval.from },
    };
    return withGradients(backward, { start, end, known, wanted });
  };
  return {
    ...result,
    end: reaching(result.end, interval.to),
    at: result.at.map((y, i) => reaching(y, interval.at?.[i] ?? interval.to)),
  };
}

const [SLOT, ROWS] = ["slot/", "rows/"];

const prefixed = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));

/** Those whose name has the prefix, without it. */
const unprefixed = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );

interface Solved {
  readonly start: Tensor;
  readonly end: Tensor;
  /** All that the dynamics read, by name. */
  readonly known: Tensors;
  /** Names of it that get a gradient, in groups that are asked for together. */
  readonly wanted: readonly (readonly string[])[];
}

/**
 * The end with its gradients. Those towards the start and each group come by summands of their own, all but the first zero,
 * so that a backward solve carries only what is asked for: training needs no gradient towards its rows, a Jacobian none
 * towards the variables. Gradient functions run when the store is no longer bound, so all that was read is saved for them.
 */
function withGradients(backward: Backward, { start, end, known, wanted }: Solved): Tensor {
  const names = Object.keys(known);
  const saved = [end, ...Object.values(known)];
  const restored = (tensors: readonly Tensor[]): { end: Tensor; known: Tensors } => ({
    end: tensors[0] as Tensor,
    known: Object.fromEntries(names.map((name, i) => [name, tensors[i + 1] as Tensor])),
  });
  const keep = (args: readonly unknown[]): void => {
    (args.at(-1) as (tensors: Tensor[]) => void)(saved);
  };
  const throughStart = tf.customGrad((...args) => {
    keep(args);
    return {
      value: tf.clone(end),
      gradFunc: (dy: Tensor, tensors: Tensor[]) =>
        adjointSolve(backward, { ...restored(tensors), wanted: [] }, dy).start,
    };
  })(start);
  const throughOthers = wanted.map((group) =>
    tf.customGrad((...args) => {
      keep(args);
      return {
        value: tf.zerosLike(end),
        gradFunc: (dy: Tensor, tensors: Tensor[]) =>
          adjointSolve(backward, { ...restored(tensors), wanted: group }, dy).wanted,
      };
    })(...group.map((name) => known[name] as Tensor)),
  );
  return throughOthers.reduce((sum, term) => tf.add(sum, term), throughStart);
}
