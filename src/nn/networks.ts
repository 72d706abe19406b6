import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError } from "../model.ts";
import { wordTable } from "../word-table.ts";
import type { Activation } from "./activation.ts";
import { mlp } from "./mlp.ts";
import type { Network, NetworkShape } from "./network.ts";
import { residual } from "./residual.ts";

/** Makes a network, its arrays in `store`. Its last layer should start at zero, where a layer is the identity. */
export type NetworkBuilder = (
  store: Store,
  shape: NetworkShape,
  options: { readonly hidden: readonly number[]; readonly activation: Activation },
  rng: Rng,
) => Network;

/** Networks of rows by the word that options use; plugins add to them. */
export const networks = wordTable<NetworkBuilder>("network", {
  mlp,
  residual: (store, shape, { hidden, activation }, rng) =>
    residual(store, shape, { ...residualShape(hidden), activation }, rng),
});

/**
 * Width and number of blocks of a residual network.
 *
 * @throws ModelError where the widths differ
 */
export function residualShape(hidden: readonly number[]): { width: number; blocks: number } {
  const [width] = hidden;
  if (width === undefined || hidden.some((other) => other !== width))
    throw new ModelError(
      `residual network: expected hidden widths that are all equal, got [${hidden.join(", ")}]; ` +
        "give one entry per block, such as [128, 128].",
    );
  return { width, blocks: hidden.length };
}
