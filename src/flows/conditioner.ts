import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError } from "../model.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import { mlp } from "../nn/mlp.ts";
import type { Network, NetworkShape } from "../nn/network.ts";
import { residual } from "../nn/residual.ts";
import { integer, list, oneOf } from "../options.ts";
import { wordTable } from "../word-table.ts";

/** Makes a network, its arrays in `store`. Its last layer should start at zero, where a layer is the identity. */
export type NetworkBuilder = (
  store: Store,
  shape: NetworkShape,
  options: { readonly hidden: readonly number[]; readonly activation: Activation },
  rng: Rng,
) => Network;

/** Nested networks by the word that options use. */
export const networks = wordTable<NetworkBuilder>("network", {
  mlp,
  residual: (store, shape, { hidden, activation }, rng) =>
    residual(store, shape, { ...residualShape(hidden), activation }, rng),
});

/** Options of the nested network that every coupling family offers. */
export const conditionerOptions = {
  hidden: list(
    integer(64, "width", { min: 1, max: 65_536 }),
    [64, 64],
    "widths of the nested network's hidden layers; residual: one block per entry, all of one width",
  ),
  conditioner: oneOf(networks.words, "mlp", "kind of nested network"),
  activation: oneOf(ACTIVATIONS, "relu", "nonlinearity of the nested network"),
};

export interface ConditionerOptions {
  readonly hidden: readonly number[];
  readonly conditioner: string;
  readonly activation: Activation;
}

/**
 * The nested network that the options ask for; its last layer starts at zero.
 *
 * @throws ModelError for a residual network whose widths differ
 */
export function conditioner(
  store: Store,
  shape: NetworkShape,
  { hidden, conditioner: kind, activation }: ConditionerOptions,
  rng: Rng,
): Network {
  return networks.get(kind)(store, shape, { hidden, activation }, rng);
}

/**
 * Checks what `conditioner` would refuse.
 *
 * @throws ModelError for a residual network whose widths differ
 */
export function checkConditioner({ hidden, conditioner: kind }: ConditionerOptions): void {
  if (kind === "residual") residualShape(hidden);
}

/**
 * Width and number of blocks of a residual network.
 *
 * @throws ModelError where the widths differ
 */
export function residualShape(hidden: readonly number[]): { width: number; blocks: number } {
  const [width] = hidden;
  if (width === undefined || hidden.some((other) => other !== width))
    throw new ModelError(
      `conditioner: a residual network needs hidden widths that are all equal, got [${hidden.join(", ")}]; ` +
        "give one entry per block, such as [128, 128].",
    );
  return { width, blocks: hidden.length };
}
