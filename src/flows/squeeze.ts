import { tf, type Tensor } from "../engine/index.ts";
import { expectImages, type ImageShape } from "../nn/image-shape.ts";
import type { Layer } from "./layer.ts";

/** The shape of images after `squeeze`. */
export const squeezedShape = ([height, width, channels]: ImageShape): ImageShape => [
  height / 2,
  width / 2,
  4 * channels,
];

/**
 * Each 2 × 2 block of pixels becomes one pixel of 4 times the channels (Real NVP; Dinh, Sohl-Dickstein & Bengio 2017,
 * arXiv:1605.08803): [N, H, W, C] → [N, H/2, W/2, 4C], the block row by row. Log-det 0.
 */
export function squeeze(shape: ImageShape): Layer {
  const [height, width, channels] = shape;
  const squeezed = squeezedShape(shape);
  const [half, across] = squeezed;
  return {
    preservesVolume: true,
    encode(x) {
      expectImages("squeeze.encode", x, shape);
      const blocks: Tensor = tf.reshape(x, [-1, half, 2, across, 2, channels]);
      const z = tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), [-1, ...squeezed]);
      return { z, logDet: tf.zeros([x.shape[0]]) };
    },
    decode(z) {
      expectImages("squeeze.decode", z, squeezed);
      const blocks: Tensor = tf.reshape(z, [-1, half, across, 2, 2, channels]);
      const x = tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), [-1, height, width, channels]);
      return { x, logDet: tf.zeros([z.shape[0]]) };
    },
  };
}
