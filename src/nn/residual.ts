import { tf, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { activations, type Activation } from "./activation.ts";
import { withContext } from "./context.ts";
import { initialiserFor, initialisers } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { Network, NetworkShape } from "./network.ts";

export interface ResidualOptions {
  readonly width: number;
  readonly blocks: number;
  readonly activation: Activation;
  /** Start the last layer at zero, so that the network starts as the zero function. */
  readonly zeroLast?: boolean;
}

/**
 * Residual network with pre-activation blocks (He et al. 2016, arXiv:1603.05027): h ← h + W₂ φ(W₁ φ(h)), between a
 * linear layer in and φ and a linear layer out; the conditioner of neural spline flows. The context joins the input.
 */
export function residual(
  store: Store,
  { inputs, outputs, contextSize }: NetworkShape,
  { width, blocks, activation, zeroLast = true }: ResidualOptions,
  rng: Rng,
): Network {
  const activate = activations[activation];
  const start = initialiserFor(activation);
  const first = linear(
    store.scope("first"),
    inputs + contextSize,
    width,
    initialisers.lecun,
    rng.fork("first"),
  );
  const inner = Array.from({ length: blocks }, (_, i) => {
    const scope = store.scope(`block${i}`);
    const one = linear(scope.scope("one"), width, width, start, rng.fork(`one${i}`));
    // LeCun's smaller start: the sum over the blocks grows, so a branch should not double the stream's variance.
    const two = linear(scope.scope("two"), width, width, initialisers.lecun, rng.fork(`two${i}`));
    return { one, two };
  });
  const last = linear(
    store.scope("last"),
    width,
    outputs,
    zeroLast ? initialisers.zeros : initialisers.lecun,
    rng.fork("last"),
  );
  return (x, call) => {
    let h = first(withContext(x, call, contextSize), call);
    for (const { one, two } of inner) h = tf.add(h, two(activate(one(activate(h), call)), call));
    return last(activate(h), call);
  };
}
