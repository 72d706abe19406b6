import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { expectContext } from "../nn/context.ts";
import type { ImageSize } from "../nn/convolution.ts";
import { expectRows, type Layer } from "./layer.ts";
import { parametersPerEntry, type Transformer } from "./transformer.ts";

/**
 * The learned normal of Glow's last latents (Kingma & Dhariwal 2018, arXiv:1807.03039) as a layer of pixels
 * [N · height · width, channels] onto N(0, I): each channel has a mean and a deviation, the same for all pixels, to which
 * the context adds linearly.
 */
export function latentPrior(
  store: Store,
  { height, width, channels, contextSize }: ImageSize & { channels: number; contextSize: number },
  transformer: Transformer,
): Layer {
  const columns = parametersPerEntry(transformer) * channels;
  const area = height * width;
  const start = store.variable("start", [1, columns], new Float64Array(columns));
  const weight =
    contextSize > 0
      ? store.variable("context", [contextSize, columns], new Float64Array(contextSize * columns))
      : undefined;
  /** [N · area, columns] */
  const parameters = (pixels: Tensor, call: Call): Tensor => {
    const [rows = 0] = pixels.shape;
    if (!weight) return tf.mul(tf.ones([rows, 1]), start.read());
    const images = rows / area;
    const shift = tf.matMul(expectContext(call, images, contextSize), weight.read());
    const each = tf.reshape(tf.add(shift, start.read()), [images, 1, columns]);
    return tf.reshape(tf.mul(tf.ones([1, area, 1]), each), [rows, columns]);
  };
  return {
    encode(x, call) {
      expectRows("latentPrior.encode", x, channels);
      const { y, logSlope } = transformer.forward(x, parameters(x, call));
      return { z: y, logDet: tf.sum(logSlope, 1) };
    },
    decode(z, call) {
      expectRows("latentPrior.decode", z, channels);
      const { x, logSlope } = transformer.inverse(z, parameters(z, call));
      return { x, logDet: tf.sum(logSlope, 1) };
    },
  };
}
