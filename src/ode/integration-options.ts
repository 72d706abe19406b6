import { ModelError } from "../model.ts";
import { integer, oneOf, positive, type OptionValues } from "../options.ts";
import type { Solver } from "./solver.ts";
import { solvers } from "./solvers.ts";

/** Columns up to which `trace: auto` is exact. */
const EXACT_UP_TO = 16;
/** A tenth of it, which the likelihood's check works at, is as fine as float64 can tell. */
const FINEST = 1e-13;

/** The options of every family whose likelihood is the integral of a differential equation. */
export const integrationOptions = {
  solver: oneOf(
    solvers.words,
    "dopri5",
    "Runge–Kutta method of likelihood and sampling; steps are chosen by rtol and atol where it estimates its error, else there are solverSteps",
  ),
  rtol: positive(1e-5, "error that a step may make, relative to the row's entries"),
  atol: positive(1e-5, "error that a step may make beside it, in the units of the row's entries"),
  maxSteps: integer(1000, "steps that a row may try with an adaptive solver", { min: 1 }),
  solverSteps: integer(50, "steps of a solver without an error estimate", { min: 1 }),
  trace: oneOf(
    ["auto", "exact", "hutchinson"],
    "auto",
    `divergence of the velocity: exact takes D reverse passes, hutchinson one for each probe; auto is exact up to D = ${EXACT_UP_TO}`,
  ),
  probes: integer(1, "trace hutchinson: random directions for each row", { min: 1, max: 1000 }),
  probe: oneOf(
    ["rademacher", "normal"],
    "rademacher",
    "trace hutchinson: distribution of the directions' entries",
  ),
};

export type IntegrationOptions = OptionValues<typeof integrationOptions>;

/**
 * Finds options of the integration that do not go together.
 *
 * @throws ModelError
 */
export function checkIntegration({ rtol, atol, trace, probes }: IntegrationOptions): void {
  for (const [name, value] of Object.entries({ rtol, atol }))
    if (value < FINEST)
      throw new ModelError(
        `${name}: expected at least ${FINEST}, got ${value}; finer steps drown in the round-off of float64.`,
      );
  if (trace === "exact" && probes !== 1)
    throw new ModelError(
      `probes: ${probes} directions are of no use with trace=exact; leave probes out, or choose trace=hutchinson.`,
    );
}

/** Whether the solver of this name chooses its steps. */
const isAdaptive = ({ solver }: Pick<IntegrationOptions, "solver">): boolean =>
  solvers.get(solver).embedded !== undefined;

/** The solver that the options ask for, its fixed steps in a loop. */
export const solverOf = (options: IntegrationOptions): Solver => {
  const { solver, rtol, atol, maxSteps, solverSteps } = options;
  const tableau = solvers.get(solver);
  return isAdaptive(options)
    ? { tableau, rtol, atol, maxSteps }
    : { tableau, steps: solverSteps, looped: true };
};

/** The same with a tenth of the tolerances, or twice the steps. */
export const finer = (options: IntegrationOptions): IntegrationOptions =>
  isAdaptive(options)
    ? {
        ...options,
        rtol: options.rtol / 10,
        atol: options.atol / 10,
        // A method of order 1 with an error estimate of order 2 takes √10 times the steps.
        maxSteps: 4 * options.maxSteps,
      }
    : { ...options, solverSteps: 2 * options.solverSteps };

/** What distinguishes the solver, for a provenance. */
export const solverDetails = (
  options: IntegrationOptions,
): { readonly rtol: number; readonly atol: number } | { readonly solverSteps: number } =>
  isAdaptive(options)
    ? { rtol: options.rtol, atol: options.atol }
    : { solverSteps: options.solverSteps };

/** Whether the divergence of rows of D entries is estimated. */
export const isEstimated = ({ trace }: IntegrationOptions, dim: number): boolean =>
  trace === "hutchinson" || (trace === "auto" && dim > EXACT_UP_TO);
