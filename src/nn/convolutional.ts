import type { Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError } from "../model.ts";
import { activations, type Activation } from "./activation.ts";
import { expectContext } from "./context.ts";
import { convolution, type ImageSize } from "./convolution.ts";
import { imageBiases } from "./image-biases.ts";
import { initialiserFor, initialisers } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { Network, NetworkShape } from "./network.ts";

/**
 * Factor of the last filter. Adam moves every weight by as much as the learning rate: over 9 taps the outputs would
 * move 9 times as far as those of a product of matrices, and a deep flow overshoots in its first steps. 1/9 slows training.
 */
const LAST_GAIN = 1 / 3;

export interface ConvolutionalOptions {
  /** Channels of the hidden layers, at least one; two in Glow. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Each pixel has biases of its own in the first layer, so that the network knows where in the image it is. */
  readonly positions: boolean;
}

/**
 * The channels of the hidden layers.
 *
 * @throws ModelError where there are none
 */
export function checkedHidden(hidden: readonly number[]): readonly [number, ...number[]] {
  const [first, ...others] = hidden;
  if (first === undefined)
    throw new ModelError(
      "convolutional: expected at least one hidden layer, got none; give family.hidden an entry, such as [64, 64].",
    );
  return [first, ...others];
}

/**
 * Convolutional network of Glow (Kingma & Dhariwal 2018, arXiv:1807.03039): a 3 × 3 convolution, 1 × 1 convolutions between
 * the hidden layers, and a 3 × 3 convolution that starts at zero. Images come and go as rows of pixels: [N · height · width, inputs] → [N · height · width, outputs].
 *
 * The context [N, C] gives each image biases of its own in the first layer: what constant channels beside the image
 * give, without their loss at the border.
 *
 * Departures from the paper: no ActNorm between the layers and no learned factor after the last one; `positions` is an
 * addition, for small images whose subject is always at the same place.
 */
export function convolutional(
  store: Store,
  { height, width: across, inputs, outputs: parameters, contextSize }: ImageSize & NetworkShape,
  { hidden, activation, positions }: ConvolutionalOptions,
  rng: Rng,
): Network {
  const [width, ...others] = checkedHidden(hidden);
  const activate = activations[activation];
  const start = initialiserFor(activation);
  const size = { height, width: across };
  const first = convolution(
    store.scope("first"),
    { ...size, inputs, outputs: width },
    start,
    rng.fork("first"),
  );
  const biases = imageBiases(
    store,
    { ...size, channels: width, conditionSize: contextSize, positions },
    rng.fork("context"),
  );
  const middle = others.map((outputs, i) =>
    linear(store.scope(`middle${i}`), hidden[i] ?? 0, outputs, start, rng.fork(`middle${i}`)),
  );
  const last = convolution(
    store.scope("last"),
    { ...size, inputs: hidden.at(-1) ?? 0, outputs: parameters },
    initialisers.zeros,
    rng,
    LAST_GAIN,
  );
  return (pixels, call) => {
    const images = pixels.shape[0] / (height * across);
    const context = contextSize > 0 ? expectContext(call, images, contextSize) : undefined;
    const h = activate(biases(first(pixels, call), context));
    return last(
      middle.reduce((inner, layer) => activate(layer(inner, call)), h),
      call,
    );
  };
}
