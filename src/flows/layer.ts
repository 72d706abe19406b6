import type { Tensor } from "../engine/index.ts";
import type { Bijection } from "../model.ts";

/** A bijection that may say that its log-determinant is zero, so that a chain need not add it. */
export interface Layer extends Bijection {
  readonly preservesVolume?: true;
}

/** Throws unless `rows` is [N, dim]; `who` is "coupling.encode". */
export function expectRows(who: string, rows: Tensor, dim: number): void {
  if (rows.rank !== 2 || rows.shape[1] !== dim)
    throw new Error(
      `${who}: expected rows of shape [N, ${dim}], got [${rows.shape.join(", ")}]; ` +
        "flatten rows of another shape, or build the model for theirs.",
    );
}
