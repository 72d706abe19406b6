import type { Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";

/** A function with parameters: x [N, in] → [N, out]. Recordable. */
export type Network = (x: Tensor, call: Call) => Tensor;

/** What every builder of a network needs to know. */
export interface NetworkShape {
  /** Columns of x, the context's not counted. */
  readonly inputs: number;
  readonly outputs: number;
  /** Columns of the context, which stand behind those of x; 0 without one. */
  readonly contextSize: number;
}
