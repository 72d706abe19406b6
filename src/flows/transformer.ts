import type { Tensor } from "../engine/index.ts";
import { ModelError } from "../model.ts";

/**
 * A strictly increasing map of single numbers whose parameters a conditioner gives: what a coupling or an
 * autoregressive layer does to an active entry ("transformer" as in Papamakarios et al. 2021, arXiv:1912.02762).
 *
 * The conditioner's columns come block by block. A block of size K has K columns for each of the d entries, those of one
 * entry side by side: raw [N, d · Σ blocks] = [d·K₀ | d·K₁ | …], so that a block is a reshape away from [N·d, K].
 * Where all parameters are zero the map should be the identity: conditioners start at zero.
 */
export interface Transformer {
  /** Parameters per entry, block by block. */
  readonly blocks: readonly number[];
  /** x [N, d] → y [N, d] and ln dy/dx [N, d]. */
  forward(x: Tensor, raw: Tensor): { y: Tensor; logSlope: Tensor };
  /** y [N, d] → x [N, d] and ln dx/dy [N, d], of the same parameters. */
  inverse(y: Tensor, raw: Tensor): { x: Tensor; logSlope: Tensor };
}

/** Columns of the conditioner for each entry. */
export const parametersPerEntry = ({ blocks }: Transformer): number =>
  blocks.reduce((sum, size) => sum + size, 0);

/**
 * The transformer, with checks of the shapes that its functions give, made while they are recorded.
 *
 * @throws ModelError at once where a function is missing, later for wrong shapes
 */
export function checkedTransformer(transformer: Transformer): Transformer {
  for (const part of ["forward", "inverse"] as const)
    if (typeof transformer[part] !== "function")
      throw new ModelError(
        `transformer.${part}: expected a function, got ${typeof transformer[part]}; a transformer has forward and inverse.`,
      );
  return {
    blocks: transformer.blocks,
    forward(x, raw) {
      const given = transformer.forward(x, raw);
      expectEntries("transformer.forward, y", given.y, x);
      expectEntries("transformer.forward, logSlope", given.logSlope, x);
      return given;
    },
    inverse(y, raw) {
      const given = transformer.inverse(y, raw);
      expectEntries("transformer.inverse, x", given.x, y);
      expectEntries("transformer.inverse, logSlope", given.logSlope, y);
      return given;
    },
  };
}

/** Throws unless there is one number for each of these entries [N, d]; a transformer of a plugin may give anything. */
function expectEntries(what: string, given: Tensor | undefined, entries: Tensor): void {
  const got: readonly number[] | undefined = given?.shape;
  if (got?.join() !== entries.shape.join())
    throw new ModelError(
      `${what}: expected a tensor of shape [${entries.shape.join(", ")}], one number for each entry, got ` +
        `${got === undefined ? "none" : `[${got.join(", ")}]`}.`,
    );
}
