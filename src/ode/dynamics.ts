import type { Tensor } from "../engine/index.ts";

/**
 * The right-hand side of dy/dt = f(t, y) for many rows at once: t [N, 1], y [N, S] → [N, S]. Recordable. Each row has a
 * time of its own, since each takes steps of its own; a row of the result depends on its own row only.
 */
export type Dynamics = (t: Tensor, y: Tensor) => Tensor;

/**
 * The same where more differs from row to row (a condition, the draws of a trace estimate): `rows` holds that, [N, …] each,
 * as given to `solve`, which may ask for some of the rows only.
 */
export type DynamicsOfRows<Names extends string> = (
  t: Tensor,
  y: Tensor,
  rows: Readonly<Record<Names, Tensor>>,
) => Tensor;
