import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import type { Network } from "../nn/network.ts";
import { expectRows, type Layer } from "./layer.ts";
import type { Split } from "./split.ts";

/**
 * Affine coupling, the layer of Real NVP (Dinh, Sohl-Dickstein & Bengio 2017, arXiv:1605.08803).
 *
 * With (a, b) = the skipped and the active part of a row and [s, t] = conditioner(a):
 *
 *     encode   b' = b · exp(s) + t        log|det J| =  Σ_j s_j
 *     decode   b  = (b' − t) · exp(−s)    log|det J| = −Σ_j s_j
 *
 * Departure from the paper: s = clamp · tanh(raw / clamp), so that exp(s) cannot overflow early in training. Its slope
 * at 0 is 1, and a conditioner that starts at zero makes the layer start as the identity.
 *
 * @param conditioner [N, skipped] → [N, 2 · active]: raw log-scales, then shifts
 * @param clamp largest |s|, nats per active dimension
 */
export function affineCoupling(
  { skipped, active }: Split,
  conditioner: Network,
  { clamp = 2 }: { readonly clamp?: number } = {},
): Layer {
  const dim = skipped + active;
  const halve = (rows: Tensor): [Tensor, Tensor] =>
    tf.split(rows, [skipped, active], 1) as [Tensor, Tensor];
  const parameters = (a: Tensor, call: Call): { s: Tensor; t: Tensor } => {
    const [raw, t] = tf.split(conditioner(a, call), 2, 1) as [Tensor, Tensor];
    return { s: tf.mul(tf.tanh(tf.mul(raw, 1 / clamp)), clamp), t };
  };
  return {
    encode(x, call) {
      expectRows("affineCoupling.encode", x, dim);
      const [a, b] = halve(x);
      const { s, t } = parameters(a, call);
      const z = tf.concat([a, tf.add(tf.mul(b, tf.exp(s)), t)], 1);
      return { z, logDet: tf.sum(s, 1) };
    },
    decode(z, call) {
      expectRows("affineCoupling.decode", z, dim);
      const [a, b] = halve(z);
      const { s, t } = parameters(a, call);
      const inverse = tf.neg(s);
      const x = tf.concat([a, tf.mul(tf.sub(b, t), tf.exp(inverse))], 1);
      return { x, logDet: tf.sum(inverse, 1) };
    },
  };
}
