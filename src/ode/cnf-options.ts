import { ModelError } from "../model.ts";
import type { Activation } from "../nn/activation.ts";
import { integer, list, oneOf, oneOfThose, positive, real, type OptionValues } from "../options.ts";
import { checkIntegration, integrationOptions } from "./integration-options.ts";
import type { Solver } from "./solver.ts";
import { solvers } from "./solvers.ts";
import { checkVelocity, velocityOptions } from "./velocity-network.ts";

/** Columns up to which `trainingTrace: auto` is exact. */
const EXACT_UP_TO = 4;

const trainingSolver = oneOfThose(
  () => ["auto", ...solvers.words],
  "auto",
  "Runge–Kutta method of training; auto is rk4 for unrolled, dopri5 for adjoint",
);

export const cnfOptions = {
  ...velocityOptions,
  hidden: list(
    integer(64, "width", { min: 1, max: 65_536 }),
    [64, 64, 64],
    "widths of the velocity field's hidden layers; residual: one block per entry, all of one width",
  ),
  activation: { ...velocityOptions.activation, default: "tanh" as Activation },
  timeFeatures: { ...velocityOptions.timeFeatures, default: 0 },
  ...integrationOptions,
  gradient: oneOf(
    ["unrolled", "adjoint"],
    "unrolled",
    "gradient of training: unrolled goes back through a few equal steps as they were computed, adjoint solves another equation backwards",
  ),
  trainingSolver,
  trainingSteps: integer(4, "gradient unrolled: steps of a path in training", {
    min: 1,
    max: 1000,
  }),
  trainingTolerance: positive(1e-4, "gradient adjoint: rtol and atol of training"),
  trainingTrace: oneOf(
    ["auto", "exact", "hutchinson"],
    "auto",
    `divergence in training: hutchinson takes one random direction per row and step; auto is exact up to D = ${EXACT_UP_TO}`,
  ),
  // Not zero: without them a network learns to deceive a few steps, as cnf.ts tells.
  kinetic: real(0.01, "weight of ∫ ‖v‖² dt in the loss, nats per unit (RNODE): straight paths", {
    min: 0,
  }),
  jacobian: real(
    0.01,
    "weight of ∫ ‖∂v/∂x‖² dt in the loss, nats per unit (RNODE): smooth fields",
    {
      min: 0,
    },
  ),
};

export type CnfOptions = OptionValues<typeof cnfOptions>;

/** Without a continuous second derivative, or with none that is taken. */
const ROUGH: readonly Activation[] = ["relu", "elu"];

/** What can be trained by equal steps, and by adaptive ones. */
const withEstimate = (yes: boolean): string =>
  solvers.words.filter((word) => (solvers.get(word).embedded !== undefined) === yes).join(", ");

/**
 * Finds options that do not go together.
 *
 * @throws ModelError
 */
export function checkCnf(options: CnfOptions): void {
  checkVelocity(options);
  checkIntegration(options);
  const { activation, gradient } = options;
  if (ROUGH.includes(activation))
    throw new ModelError(
      `cnf: expected a smooth activation, got ${activation}; training follows the gradient of the field's divergence, a ` +
        "second derivative, which is zero or jumps there. Choose tanh, softplus or silu.",
    );
  const solver = trainingWord(options);
  const adaptive = solvers.get(solver).embedded !== undefined;
  if (gradient === "unrolled" && adaptive)
    throw new ModelError(
      `cnf: trainingSolver=${solver} chooses its steps, which the unrolled gradient cannot go back through; choose one of ` +
        `${withEstimate(false)} with trainingSteps, or gradient=adjoint.`,
    );
  if (gradient === "adjoint" && !adaptive)
    throw new ModelError(
      `cnf: trainingSolver=${solver} has no error estimate to choose steps by, as gradient=adjoint does; choose one of ` +
        `${withEstimate(true)}, or gradient=unrolled.`,
    );
}

const trainingWord = ({ trainingSolver: word, gradient }: CnfOptions): string =>
  word !== "auto" ? word : gradient === "unrolled" ? "rk4" : "dopri5";

/** The solver of training that the options ask for. */
export function trainingSolverOf(options: CnfOptions): Solver {
  const { gradient, trainingSteps: steps, trainingTolerance: tolerance, maxSteps } = options;
  const tableau = solvers.get(trainingWord(options));
  return gradient === "unrolled"
    ? { tableau, steps }
    : { tableau, rtol: tolerance, atol: tolerance, maxSteps };
}

/** Whether training estimates the divergence of rows of D entries. */
export const isEstimatedInTraining = ({ trainingTrace }: CnfOptions, dim: number): boolean =>
  trainingTrace === "hutchinson" || (trainingTrace === "auto" && dim > EXACT_UP_TO);
