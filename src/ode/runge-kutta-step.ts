import { tf, type Tensor } from "../engine/index.ts";
import { real } from "../distributions/real.ts";
import type { Dynamics } from "./dynamics.ts";
import type { Tableau } from "./tableau.ts";

/** Where a step begins and how far it goes. */
export interface StepStart {
  /** [N, 1]. */
  readonly t: Tensor;
  /** The time after the step, [N, 1]: a time of its own, so that stages at the end are not a round-off beyond it. */
  readonly next: Tensor;
  /** [N, S]. */
  readonly y: Tensor;
  /** Signed, a scalar or [N, 1]. */
  readonly step: Tensor;
  /** f(t, y) where it is known, [N, S]. */
  readonly slope?: Tensor;
}

/** Σ_i c_i x_i, undefined if all c_i are zero; the terms with c_i = 0 are left out. */
export function combination(
  coefficients: readonly number[],
  terms: readonly Tensor[],
): Tensor | undefined {
  const products = coefficients.flatMap((c, i) => {
    const term = terms[i];
    if (c === 0 || term === undefined) return [];
    return [c === 1 ? term : tf.mul(term, real(c))];
  });
  return products.length === 0
    ? undefined
    : products.reduce((sum, product) => tf.add(sum, product));
}

/** Whether the last stage is evaluated where the step ends, so that it is the first one of the next step. */
export const endsInLastStage = ({ nodes, matrix, weights }: Tableau): boolean =>
  nodes.at(-1) === 1 &&
  weights.at(-1) === 0 &&
  (matrix.at(-1) ?? []).every((a, j) => a === weights[j]) &&
  nodes.length > 1;

/** One step of an explicit Runge–Kutta method: y after it, and the slopes of all stages. */
export function rungeKuttaStep(
  dynamics: Dynamics,
  tableau: Tableau,
  { t, next, y, step, slope }: StepStart,
): { end: Tensor; slopes: readonly Tensor[] } {
  const { nodes, matrix, weights } = tableau;
  const moved = (coefficients: readonly number[], slopes: readonly Tensor[]): Tensor => {
    const mean = combination(coefficients, slopes);
    return mean === undefined ? y : tf.add(y, tf.mul(mean, step));
  };
  const timeOf = (node: number): Tensor =>
    node === 0 ? t : node === 1 ? next : tf.add(t, tf.mul(step, real(node)));
  const slopes: Tensor[] = [];
  let argument = y;
  nodes.forEach((node, i) => {
    argument = moved(matrix[i] ?? [], slopes);
    slopes.push(i === 0 && slope ? slope : dynamics(timeOf(node), argument));
  });
  return { end: endsInLastStage(tableau) ? argument : moved(weights, slopes), slopes };
}
