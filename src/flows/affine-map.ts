import { tf, type Slot, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import { expectRows, type Layer } from "./layer.ts";

export interface AffineMapParts {
  /** m, [N, D] or [1, D]. */
  readonly centre: (call: Call, rows: number | undefined) => Tensor;
  /** F, [D, D]. */
  readonly forward: Slot;
  /** F⁻¹, [D, D]. */
  readonly backward: Slot;
  /** ln|det F⁻¹|, [1, 1]. */
  readonly volume: Slot;
}

/**
 * A map that is found in closed form, both ways at hand:
 *
 *     encode   z = (x − m) Fᵀ    log|det J| = −ln|det F⁻¹|        decode   x = z F⁻ᵀ + m    log|det J| = ln|det F⁻¹|
 *
 * @param who of the family, for messages
 */
export function affineMap(who: string, dim: number, parts: AffineMapParts): Layer {
  const { centre, forward, backward, volume } = parts;
  return {
    encode(x, call) {
      expectRows(`${who}.encode`, x, dim);
      const z = tf.matMul(tf.sub(x, centre(call, x.shape[0])), forward.read(), false, true);
      return { z, logDet: tf.mul(tf.ones([x.shape[0]]), tf.neg(tf.sum(volume.read()))) };
    },
    decode(z, call) {
      expectRows(`${who}.decode`, z, dim);
      const x = tf.add(tf.matMul(z, backward.read(), false, true), centre(call, z.shape[0]));
      return { x, logDet: tf.mul(tf.ones([z.shape[0]]), tf.sum(volume.read())) };
    },
  };
}
