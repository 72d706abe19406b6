import { tf, type Store, type Tensor4D } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Initialiser } from "./initialiser.ts";
import type { Network } from "./network.ts";

/** Height and width of images whose pixels come as rows. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

const SIDE = 3;

/**
 * A 3 × 3 convolution with zeros beyond the border, and a bias [1, outputs] starting at zero. Images come and go as rows
 * of pixels, [N · height · width, channels], so that all else in a network is a product of matrices.
 *
 * @param gain factor of the filter, which sets how far a step of Adam moves the outputs
 */
export function convolution(
  store: Store,
  {
    height,
    width,
    inputs,
    outputs,
  }: ImageSize & { readonly inputs: number; readonly outputs: number },
  initialiser: Initialiser,
  rng: Rng,
  gain = 1,
): Network {
  const filter = store.variable(
    "filter",
    [SIDE, SIDE, inputs, outputs],
    initialiser(SIDE * SIDE * inputs, outputs, rng),
  );
  const bias = store.variable("bias", [1, outputs], new Float64Array(outputs));
  return (pixels) => {
    const images: Tensor4D = tf.reshape(pixels, [-1, height, width, inputs]);
    const scaled = gain === 1 ? filter.read() : tf.mul(filter.read(), gain);
    const sums = tf.conv2d(images, scaled as Tensor4D, 1, "same");
    return tf.add(tf.reshape(sums, [-1, outputs]), bias.read());
  };
}
