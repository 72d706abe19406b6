import type { Tensor } from "../engine/index.ts";
import type { Tableau } from "./tableau.ts";

/**
 * Steps of one length, the same for all rows; recorded one after the other, so that the tape goes through them. Parts of
 * an interval that is cut by `at` share them by length.
 */
export interface FixedSteps {
  readonly tableau: Tableau;
  /** At least 1, from one end of the interval to the other. */
  readonly steps: number;
  /** One loop of the compiled engine instead, which has no gradient: a small graph for many steps. */
  readonly looped?: boolean;
}

/**
 * Steps that keep the estimated error of each row below atol + rtol |y|, in the root mean square over its columns, chosen
 * for each row by itself, so that its result does not depend on the rows beside it. One loop of the compiled engine.
 */
export interface AdaptiveSteps {
  readonly tableau: Tableau;
  readonly rtol: number;
  readonly atol: number;
  /** Steps that a row may try, rejected ones included. */
  readonly maxSteps: number;
}

export type Solver = FixedSteps | AdaptiveSteps;

/** From when to when; backwards where `to` is the earlier one. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  /** Times between the two, in the order of the integration, at which the solution is wanted as well. */
  readonly at?: readonly number[];
}

export interface Solution {
  /** y at `to`, [N, S]; NaN in rows that did not get there. */
  readonly end: Tensor;
  /** y at each time of `at`, [N, S]. */
  readonly at: readonly Tensor[];
  /** Evaluations of the dynamics by each row, [N]. */
  readonly evaluations: Tensor;
  /** The time that each row reached, [N]: `to`, or where its budget or the smallest step that the precision allows ended. */
  readonly reached: Tensor;
}
