import type { Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";

/** The velocity field of a continuous flow, dx/dt = v(t, x): t [N, 1], x [N, D] flat rows → [N, D]. Recordable. */
export type Velocity = (t: Tensor, x: Tensor, call: Call) => Tensor;
