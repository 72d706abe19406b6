import { isTaping, type Tensor } from "../engine/index.ts";
import { ModelError } from "../model.ts";
import { adaptiveSteps } from "./adaptive-steps.ts";
import type { Dynamics, DynamicsOfRows } from "./dynamics.ts";
import { fixedSteps } from "./fixed-steps.ts";
import type { Interval, Solution, Solver } from "./solver.ts";

/**
 * The solution of dy/dt = f(t, y), y(from) = start, at the end of an interval and at times in between. Recordable.
 *
 * Fixed steps go through the tape, unless they are looped. Adaptive and looped ones have no gradient: the adjoint gives
 * one, in `tf.customGrad`, whose functions may call this. There one call of the compiled engine holds the whole solution.
 *
 * Rows share nothing but the cost: all are evaluated until the last one is there, or, where `rows` is given, until few are
 * left. A row whose budget or precision runs out ends as NaN, with the time that it reached.
 *
 * @param start [N, S]
 * @param rows what else the dynamics read that differs from row to row, [N, …] each; {} if there is nothing. Leave it out
 *   where the dynamics capture such a tensor themselves, so that they cannot do with fewer rows
 * @throws ModelError where the solver cannot do what is asked; Error where the tape meets what has no gradient
 */
export function solve<Names extends string = never>(
  dynamics: DynamicsOfRows<Names>,
  start: Tensor,
  interval: Interval,
  solver: Solver,
  rows?: Readonly<Record<Names, Tensor>>,
): Solution {
  checkInterval(interval);
  checkSolver(solver);
  const whole: Dynamics = (t, y) => dynamics(t, y, rows ?? ({} as Record<Names, Tensor>));
  if ("steps" in solver && solver.looped !== true)
    return fixedSteps(whole, start, interval, solver);
  if (isTaping())
    throw new Error(
      "solve: adaptive and looped steps have no gradient, but one is being taken. Take unrolled fixed steps, or give the " +
        "solution a gradient with tf.customGrad (the adjoint).",
    );
  return "steps" in solver
    ? fixedSteps(whole, start, interval, solver)
    : adaptiveSteps(dynamics, start, interval, solver, rows);
}

function checkInterval({ from, to, at = [] }: Interval): void {
  const times = [from, ...at, to];
  const ordered = times.every((time, i) => {
    const before = times[i - 1] ?? time;
    return from <= to ? before <= time : before >= time;
  });
  if (!times.every(Number.isFinite) || !ordered)
    throw new ModelError(
      `solve: expected finite times in the order of the integration, from ${from} to ${to}, got at = [${at.join(", ")}].`,
    );
}

function checkSolver(solver: Solver): void {
  const { name, embedded } = solver.tableau;
  const fail = (message: string): never => {
    throw new ModelError(`solve: ${message}`);
  };
  if ("steps" in solver) {
    if (!(Number.isInteger(solver.steps) && solver.steps > 0))
      fail(`expected a whole number of steps of at least 1, got ${solver.steps}.`);
    return;
  }
  if (!embedded)
    fail(
      `"${name}" has no error estimate, so that its steps cannot be adaptive; give a number of steps, or take dopri5.`,
    );
  const { rtol, atol, maxSteps } = solver;
  if (!(rtol > 0 && atol > 0)) fail(`expected rtol and atol above 0, got ${rtol} and ${atol}.`);
  if (!(Number.isInteger(maxSteps) && maxSteps > 0))
    fail(`expected maxSteps to be a whole number of at least 1, got ${maxSteps}.`);
}
