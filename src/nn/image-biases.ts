import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { ImageSize } from "./convolution.ts";
import { initialisers } from "./initialiser.ts";

export interface BiasShape extends ImageSize {
  readonly channels: number;
  /** Columns of the condition of each image; 0 without one. */
  readonly conditionSize: number;
  /** Each pixel has biases of its own, so that the network knows where in the image it is. */
  readonly positions: boolean;
}

/**
 * Adds to pixels [N · height · width, channels] what depends on their place or on their image's condition [N, C] only:
 * what constant channels beside the image give, without their loss at the border.
 */
export function imageBiases(
  store: Store,
  { height, width, channels, conditionSize, positions }: BiasShape,
  rng: Rng,
): (pixels: Tensor, condition?: Tensor) => Tensor {
  const area = height * width;
  const place = positions
    ? store.variable("place", [area, channels], new Float64Array(area * channels))
    : undefined;
  const weight =
    conditionSize > 0
      ? store.variable(
          "context",
          [conditionSize, channels],
          initialisers.lecun(conditionSize, channels, rng),
        )
      : undefined;
  return (pixels, condition) => {
    if (!place && !weight) return pixels;
    const [rows = 0] = pixels.shape;
    const images = rows / area;
    let sum: Tensor = tf.reshape(pixels, [images, area, channels]);
    if (place) sum = tf.add(sum, tf.reshape(place.read(), [1, area, channels]));
    if (weight) {
      if (!condition) throw new Error("imageBiases: expected the condition of each image.");
      const shift = tf.matMul(condition, weight.read());
      sum = tf.add(sum, tf.reshape(shift, [images, 1, channels]));
    }
    return tf.reshape(sum, [images * area, channels]);
  };
}
