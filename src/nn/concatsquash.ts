import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Call } from "../model.ts";
import { activations, type Activation } from "./activation.ts";
import { withContext } from "./context.ts";
import { initialiserFor, initialisers, type Initialiser } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { NetworkShape } from "./network.ts";

export interface ConcatsquashOptions {
  /** Widths of the hidden layers; [] gives a gated linear map. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Columns of the time's embedding: 1 for the time itself. */
  readonly timeColumns: number;
  /** Start the last layer at zero, so that the network starts as the zero function. */
  readonly zeroLast?: boolean;
}

/** The gate starts near σ(0) = ½, so weights twice as large keep the size of what passes. */
const doubled =
  (initialiser: Initialiser): Initialiser =>
  (fanIn, fanOut, rng) =>
    initialiser(fanIn, fanOut, rng).map((weight) => 2 * weight);

/**
 * Network of FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), whose layers are gated and shifted by the time:
 *
 *     h ← φ((W h + b) ⊙ σ(G s + g) + S s)        without φ in the last layer
 *
 * s is the time, [N, 1], or its embedding, with the columns of the context behind it; h starts as the rows [N, inputs].
 * The gates of all layers are one product, and so are the shifts: small steps cost by their number of nodes.
 *
 * Departures from the paper: the context, and the start (twice the usual weights, and zeros in the last layer).
 */
export function concatsquash(
  store: Store,
  { inputs, outputs, contextSize }: NetworkShape,
  { hidden, activation, timeColumns, zeroLast = true }: ConcatsquashOptions,
  rng: Rng,
): (time: Tensor, x: Tensor, call: Call) => Tensor {
  const activate = activations[activation];
  const widths = [inputs, ...hidden];
  const sizes = [...hidden, outputs];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const layers = sizes.map((size, i) => {
    const isLast = i === hidden.length;
    const start = isLast ? initialisers.lecun : initialiserFor(activation);
    return linear(
      store.scope(isLast ? "last" : `hidden${i}`),
      widths[i] ?? 0,
      size,
      isLast && zeroLast ? initialisers.zeros : doubled(start),
      rng.fork(i),
    );
  });
  const columns = timeColumns + contextSize;
  const gate = linear(store.scope("gate"), columns, total, initialisers.lecun, rng.fork("gate"));
  const shift = store.variable(
    "shift",
    [columns, total],
    initialisers
      .lecun(columns, total, rng.fork("shift"))
      .map((weight, k) => (zeroLast && k % total >= total - outputs ? 0 : weight)),
  );
  return (time, x, call) => {
    const s = withContext(time, call, contextSize);
    const parts = (all: Tensor): Tensor[] => tf.split(all, [...sizes], 1);
    const gates = parts(tf.sigmoid(gate(s, call)));
    const shifts = parts(tf.matMul(s, shift.read()));
    return layers.reduce((h, layer, i) => {
      const mapped = tf.add(tf.mul(layer(h, call), gates[i] as Tensor), shifts[i] as Tensor);
      return i === hidden.length ? mapped : activate(mapped);
    }, x);
  };
}
