import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { activations, type Activation } from "./activation.ts";
import { withContext } from "./context.ts";
import { initialiserFor, initialisers } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { Network, NetworkShape } from "./network.ts";

export interface MlpOptions {
  /** Widths of the hidden layers; [] gives a linear map. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Start the last layer at zero, so that the network starts as the zero function. */
  readonly zeroLast?: boolean;
}

/** Multi-layer perceptron [N, inputs] → [N, outputs], the context joining the input. */
export function mlp(
  store: Store,
  { inputs, outputs, contextSize }: NetworkShape,
  { hidden, activation, zeroLast = true }: MlpOptions,
  rng: Rng,
): Network {
  const activate = activations[activation];
  const widths = [inputs + contextSize, ...hidden];
  const layers = hidden.map((width, i) =>
    linear(
      store.scope(`hidden${i}`),
      widths[i] ?? 0,
      width,
      initialiserFor(activation),
      rng.fork(i),
    ),
  );
  const last = linear(
    store.scope("last"),
    widths.at(-1) ?? 0,
    outputs,
    zeroLast ? initialisers.zeros : initialisers.lecun,
    rng.fork("last"),
  );
  return (x, call) =>
    last(
      layers.reduce((h, layer) => activate(layer(h, call)), withContext(x, call, contextSize)),
      call,
    );
}
