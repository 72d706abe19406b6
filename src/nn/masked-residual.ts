import { tf, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { activations } from "./activation.ts";
import { initialiserFor, initialisers, type Initialiser } from "./initialiser.ts";
import { maskedLinear, type MaskedLinear } from "./masked-linear.ts";
import {
  hiddenDegrees,
  inputDegrees,
  outputDegrees,
  type MaskedNetwork,
  type MaskedShape,
} from "./masked-network.ts";
import { maskedSequence } from "./masked-sequence.ts";
import type { ResidualOptions } from "./residual.ts";

/**
 * The network of residual.ts with masks, for rows of at least two entries: every unit of a block has the degree of the
 * unit of the stream that it is added to (Durkan et al. 2019, arXiv:1906.04032). The context goes into the first layer.
 */
export function maskedResidual(
  store: Store,
  shape: MaskedShape,
  { width, blocks, activation, zeroLast = true }: ResidualOptions,
  rng: Rng,
): MaskedNetwork {
  const stream = hiddenDegrees(width, shape);
  const layer = (name: string, from: readonly number[], to: readonly number[], s: Initialiser) =>
    maskedLinear(
      store.scope(name),
      { from, to, contextSize: name === "first" ? shape.contextSize : 0 },
      s,
      rng.fork(name),
    );
  // The starts are those of residual.ts.
  const inner = (i: number): MaskedLinear[] => [
    layer(`block${i}/one`, stream, stream, initialiserFor(activation)),
    layer(`block${i}/two`, stream, stream, initialisers.lecun),
  ];
  const layers = [
    layer("first", inputDegrees(shape), stream, initialisers.lecun),
    ...Array.from({ length: blocks }, (_, i) => inner(i)).flat(),
    layer("last", stream, outputDegrees(shape), zeroLast ? initialisers.zeros : initialisers.lecun),
  ];
  const activate = activations[activation];
  return maskedSequence(shape, layers, (x, [first, ...rest]) => {
    let h = first(x);
    for (let i = 0; i < blocks; i++) {
      const [one, two] = rest.slice(2 * i, 2 * i + 2) as [typeof first, typeof first];
      h = tf.add(h, two(activate(one(activate(h)))));
    }
    return (rest.at(-1) ?? first)(activate(h));
  });
}
