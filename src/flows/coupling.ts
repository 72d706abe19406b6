import { tf, type Tensor } from "../engine/index.ts";
import type { Network } from "../nn/network.ts";
import { expectRows, type Layer } from "./layer.ts";
import type { Split } from "./split.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Coupling layer (Dinh, Krueger & Bengio 2015, arXiv:1410.8516). With (a, b) = the skipped and the active part of a row:
 *
 *     encode   b' = T(b; conditioner(a))        log|det J| =  Σ_j ln T′(b_j)
 *     decode   b  = T⁻¹(b'; conditioner(a))     log|det J| = −Σ_j ln T′(b_j)
 *
 * @param conditioner [N, skipped] → [N, parametersPerEntry · active], a context joining its input
 */
export function coupling(split: Split, conditioner: Network, transformer: Transformer): Layer {
  const { skipped, active, activeFirst = false } = split;
  const dim = skipped + active;
  const halve = (rows: Tensor): { a: Tensor; b: Tensor } => {
    const sizes = activeFirst ? [active, skipped] : [skipped, active];
    const [first, second] = tf.split(rows, sizes, 1) as [Tensor, Tensor];
    return activeFirst ? { a: second, b: first } : { a: first, b: second };
  };
  const join = (a: Tensor, b: Tensor): Tensor => tf.concat(activeFirst ? [b, a] : [a, b], 1);
  return {
    encode(x, call) {
      expectRows("coupling.encode", x, dim);
      const { a, b } = halve(x);
      const { y, logSlope } = transformer.forward(b, conditioner(a, call));
      return { z: join(a, y), logDet: tf.sum(logSlope, 1) };
    },
    decode(z, call) {
      expectRows("coupling.decode", z, dim);
      const { a, b } = halve(z);
      const { x, logSlope } = transformer.inverse(b, conditioner(a, call));
      return { x: join(a, x), logDet: tf.sum(logSlope, 1) };
    },
  };
}
