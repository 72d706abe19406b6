import { tf, type Tensor } from "../engine/index.ts";
import type { Transformer } from "./transformer.ts";

/**
 * y = x · exp(s) + t, the transformer of Real NVP (Dinh, Sohl-Dickstein & Bengio 2017, arXiv:1605.08803) and of MAF.
 * Parameters: a raw log-scale and a shift per entry.
 *
 * Departure from the papers: s = clamp · tanh(raw / clamp), so that exp(s) cannot overflow early in training. Its slope
 * at 0 is 1.
 *
 * @param clamp largest |s|, nats per entry
 */
export function affine({ clamp = 2 }: { readonly clamp?: number } = {}): Transformer {
  const parameters = (raw: Tensor): { s: Tensor; t: Tensor } => {
    const [scale, t] = tf.split(raw, 2, 1) as [Tensor, Tensor];
    return { s: tf.mul(tf.tanh(tf.mul(scale, 1 / clamp)), clamp), t };
  };
  return {
    blocks: [1, 1],
    forward(x, raw) {
      const { s, t } = parameters(raw);
      return { y: tf.add(tf.mul(x, tf.exp(s)), t), logSlope: s };
    },
    inverse(y, raw) {
      const { s, t } = parameters(raw);
      const logSlope = tf.neg(s);
      return { x: tf.mul(tf.sub(y, t), tf.exp(logSlope)), logSlope };
    },
  };
}
