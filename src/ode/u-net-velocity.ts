import { tf } from "../engine/index.ts";
import { withContext } from "../nn/context.ts";
import { imageShape } from "../nn/image-shape.ts";
import { timeEmbedding } from "../nn/time-embedding.ts";
import { uNet } from "../nn/u-net.ts";
import type { VelocityBuilder } from "./velocity-network.ts";

/**
 * A U-Net as a velocity field of images: `hidden` are the channels of each resolution; the time's features and the
 * context are what its blocks know of each image.
 *
 * @throws ModelError for rows that are no images, and where they cannot be halved as often as `hidden` says
 */
export const uNetVelocity: VelocityBuilder = (
  store,
  { shape, contextSize, name },
  { hidden, activation, timeFeatures },
  rng,
) => {
  const [height, width, channels] = imageShape(`${name} with a u-net`, shape);
  const time = timeEmbedding(timeFeatures);
  const network = uNet(
    store,
    {
      ...{ height, width, inputs: channels, outputs: channels },
      contextSize: time.columns + contextSize,
    },
    { hidden, activation, positions: true },
    rng,
  );
  return (t, x, call) => {
    const context = withContext(time.apply(t), call, contextSize);
    const pixels = network(tf.reshape(x, [-1, channels]), { ...call, context });
    return tf.reshape(pixels, [-1, height * width * channels]);
  };
};
