import { realFill } from "../distributions/real.ts";
import type { Tensor } from "../engine/index.ts";

/** A column [N, 1] of one number, to double precision in a float64 program. */
export const column = (rows: number, value: number): Tensor => realFill([rows, 1], value);
