import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { imageShape } from "../nn/image-shape.ts";
import { uNet } from "../nn/u-net.ts";
import type { PairBuilder } from "./pair.ts";

/**
 * Convolutional encoder and decoder of images, f(x) = x + n(x) and g(z) = z + m(z) with two U-Nets that start at zero;
 * `hidden` are the channels of each resolution.
 *
 * @throws ModelError for rows that are no images, and where they cannot be halved as often as `hidden` says
 */
export const uNetPair: PairBuilder = (
  store,
  { shape, contextSize, name },
  { hidden, activation },
  rng,
) => {
  const [height, width, channels] = imageShape(`${name} with a u-net`, shape);
  const size = { height, width, inputs: channels, outputs: channels, contextSize };
  const part = (word: string) => {
    const options = { hidden, activation, positions: true };
    const network = uNet(store.scope(word), size, options, rng.fork(word));
    return (rows: Tensor, call: Call): Tensor => {
      const change = network(tf.reshape(rows, [-1, channels]), call);
      return tf.add(rows, tf.reshape(change, [-1, height * width * channels]));
    };
  };
  return { encode: part("encoder"), decode: part("decoder") };
};
