import type { Base } from "../distributions/base.ts";
import { real } from "../distributions/real.ts";
import { tf, type Store, type Tensor, type Tensors } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { differentiableSolve, type Problem } from "./adjoint.ts";
import { divergence } from "./divergence.ts";
import type { Interval, Solver } from "./solver.ts";
import type { Velocity } from "./velocity.ts";

/** Weights of what RNODE adds to the loss, nats per unit; 0 leaves it out. */
export interface PathWeights {
  /** Of ∫ ‖v‖² dt: straight paths at constant speed. */
  readonly kinetic: number;
  /** Of ∫ ‖∂v/∂x‖² dt (Frobenius): smooth fields, which take few steps. */
  readonly jacobian: number;
}

export interface LikelihoodParts {
  readonly velocity: Velocity;
  /** Whose slots the velocity reads. */
  readonly store: Store;
  readonly base: Base;
  /** From the time of the data to that of the noise. */
  readonly interval: Interval;
  /** Of training: unrolled steps, or adaptive ones, whose gradient is the adjoint. */
  readonly solver: Solver;
  readonly weights: PathWeights;
}

/** What one step is trained on. */
export interface LikelihoodRows {
  /** [N, D] */
  readonly rows: Tensor;
  /** [N, K, D] for Hutchinson's estimate of the divergence; without them it is exact. */
  readonly probes?: Tensor;
  readonly call: Call;
}

/**
 * Mean negative log-likelihood of rows [N, D] along their paths (FFJORD, Grathwohl et al. 2019, arXiv:1810.01367), and the
 * regularisation of RNODE (Finlay et al. 2020, arXiv:2002.02798):
 *
 *     −log q(x(noise)) − ∫ ∇·v dt + kinetic · ∫ ‖v‖² dt + jacobian · ∫ ‖∂v/∂x‖² dt
 *
 * the first integral from the data to the noise with its sign, the others over the length of the interval. Departure from
 * the paper: nothing is divided by D, so that the likelihood and the weights are in nats per row.
 *
 * @returns the loss; nll, and kinetic and jacobian where they have a weight (the integrals, without it)
 */
export function likelihoodLoss(
  parts: LikelihoodParts,
  { rows, probes, call }: LikelihoodRows,
): { loss: Tensor; scalars: Tensors } {
  const { base, interval, solver, weights } = parts;
  const [count = 1, dim = 1] = rows.shape;
  const { context, ...how } = call;
  const names = penalised(weights);
  const start = tf.concat([rows, tf.zeros([count, 1 + names.length])], 1);
  const problem: Problem = {
    dynamics: augmented(parts, how, dim),
    store: parts.store,
    ...(context && { given: { context } }),
    ...(probes && { fixed: { probes } }),
  };
  const { end } = differentiableSolve(problem, start, interval, solver);
  const [z, logDet, ...integrals] = tf.split(end, [dim, 1, ...names.map(() => 1)], 1) as [
    Tensor,
    Tensor,
    ...Tensor[],
  ];
  const nll = tf.neg(tf.mean(tf.add(base.logProb(z), tf.reshape(logDet, [count]))));
  const sign = Math.sign(interval.to - interval.from);
  const scalars: Tensors = Object.fromEntries(
    names.map((name, i) => [name, tf.mul(tf.mean(integrals[i] as Tensor), sign)]),
  );
  const loss = names.reduce<Tensor>(
    (sum, name) => tf.add(sum, tf.mul(scalars[name] as Tensor, real(weights[name]))),
    nll,
  );
  return { loss, scalars: { nll, ...scalars } };
}

/** What has a weight, in the order of its columns. */
const penalised = (weights: PathWeights): readonly (keyof PathWeights)[] =>
  (["kinetic", "jacobian"] as const).filter((name) => weights[name] > 0);

/** d/dt of columns [x | ∫ ∇·v | ∫ ‖v‖² | ∫ ‖∂v/∂x‖²], the last two where they have a weight. */
function augmented(
  { velocity, weights }: LikelihoodParts,
  how: Call,
  dim: number,
): Problem["dynamics"] {
  return (t, y, { context, probes }) => {
    const x = tf.slice(y, [0, 0], [-1, dim]);
    const point = { t, x, call: context ? { ...how, context } : how };
    const at = divergence(
      velocity,
      point,
      probes ? { kind: "hutchinson", probes } : { kind: "exact" },
    );
    const rates = {
      kinetic: () => tf.sum(tf.square(at.velocity), 1, true),
      jacobian: () => at.squaredJacobian(),
    };
    return tf.concat(
      [at.velocity, at.divergence, ...penalised(weights).map((name) => rates[name]())],
      1,
    );
  };
}
