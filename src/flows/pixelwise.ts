import { tf, type Tensor } from "../engine/index.ts";
import type { Layer } from "./layer.ts";
import { expectImages, type ImageShape } from "../nn/image-shape.ts";

/**
 * A layer of rows [N · height · width, channels], one per pixel, as a layer of images [N, height, width, channels]. What
 * it does to a pixel may depend on its neighbours, through a convolutional conditioner.
 */
export function pixelwise(layer: Layer, shape: ImageShape): Layer {
  const [height, width, channels] = shape;
  const area = height * width;
  const toPixels = (images: Tensor): Tensor => tf.reshape(images, [-1, channels]);
  const toImages = (pixels: Tensor): Tensor => tf.reshape(pixels, [-1, ...shape]);
  const perImage = (logDet: Tensor): Tensor => tf.sum(tf.reshape(logDet, [-1, area]), 1);
  return {
    ...(layer.preservesVolume ? { preservesVolume: true } : {}),
    encode(x, call) {
      expectImages("pixelwise.encode", x, shape);
      const { z, logDet } = layer.encode(toPixels(x), call);
      return { z: toImages(z), logDet: perImage(logDet) };
    },
    decode(z, call) {
      expectImages("pixelwise.decode", z, shape);
      const { x, logDet } = layer.decode(toPixels(z), call);
      return { x: toImages(x), logDet: perImage(logDet) };
    },
  };
}
