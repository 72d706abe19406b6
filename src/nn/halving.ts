import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { ImageSize } from "./convolution.ts";
import { initialisers } from "./initialiser.ts";
import { linear } from "./linear.ts";
import type { Network } from "./network.ts";

export interface Halving {
  /** [N · height · width, fine] → [N · height/2 · width/2, coarse] */
  readonly down: Network;
  /** [N · height/2 · width/2, coarse] → [N · height · width, fine] */
  readonly up: Network;
}

/**
 * Learned maps between images and those of half the height and width, as rows of pixels: 2 × 2 pixels joined into one by a
 * linear map, and a linear map from one to 2 × 2. Mean and repetition are cases of them.
 *
 * @param size of the finer images; even
 */
export function halving(
  store: Store,
  { width }: Pick<ImageSize, "width">,
  { fine, coarse }: { readonly fine: number; readonly coarse: number },
  rng: Rng,
): Halving {
  const joined = 4 * fine;
  const across = width / 2;
  const { lecun } = initialisers;
  const down = linear(store.scope("down"), joined, coarse, lecun, rng.fork("down"));
  const up = linear(store.scope("up"), coarse, joined, lecun, rng.fork("up"));
  // Two neighbours in a row lie beside each other already: their channels move as one.
  const order = [0, 2, 1, 3];
  return {
    down(pixels, call) {
      const blocks: Tensor = tf.reshape(pixels, [-1, 2, across, 2 * fine]);
      return down(tf.reshape(tf.transpose(blocks, order), [-1, joined]), call);
    },
    up(pixels, call) {
      const blocks: Tensor = tf.reshape(up(pixels, call), [-1, across, 2, 2 * fine]);
      return tf.reshape(tf.transpose(blocks, order), [-1, fine]);
    },
  };
}
