import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ACTIVATIONS, type Activation } from "../nn/activation.ts";
import type { Network, NetworkShape } from "../nn/network.ts";
import { networks, residualShape } from "../nn/networks.ts";
import { integer, list, oneOf } from "../options.ts";

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
