import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { activations } from "./activation.ts";
import { initialiserFor, initialisers } from "./initialiser.ts";
import { maskedLinear } from "./masked-linear.ts";
import {
  hiddenDegrees,
  inputDegrees,
  outputDegrees,
  type MaskedNetwork,
  type MaskedShape,
} from "./masked-network.ts";
import { maskedSequence } from "./masked-sequence.ts";
import type { MlpOptions } from "./mlp.ts";

/**
 * Masked multi-layer perceptron for rows of at least two entries; the context goes into the first layer, whose units of
 * degree 0 carry it on to the first entry. Needs a hidden layer for a context or an interaction to be nonlinear.
 */
export function maskedMlp(
  store: Store,
  shape: MaskedShape,
  { hidden, activation, zeroLast = true }: MlpOptions,
  rng: Rng,
): MaskedNetwork {
  const degrees = [
    inputDegrees(shape),
    ...hidden.map((width) => hiddenDegrees(width, shape)),
    outputDegrees(shape),
  ];
  const layers = degrees.slice(1).map((to, i) => {
    const last = i === hidden.length;
    const start = last
      ? zeroLast
        ? initialisers.zeros
        : initialisers.lecun
      : initialiserFor(activation);
    return maskedLinear(
      store.scope(last ? "last" : `hidden${i}`),
      { from: degrees[i] ?? [], to, contextSize: i === 0 ? shape.contextSize : 0 },
      start,
      rng.fork(last ? "last" : i),
    );
  });
  const activate = activations[activation];
  return maskedSequence(shape, layers, (x, [first, ...rest]) =>
    rest.reduce((h, layer) => layer(activate(h)), first(x)),
  );
}
