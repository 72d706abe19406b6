import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import type { MaskedNetwork } from "../nn/masked-network.ts";
import { expectRows, type Layer } from "./layer.ts";
import type { Transformer } from "./transformer.ts";
import { invertTriangular } from "./triangular-inversion.ts";

/** Which direction takes one pass; the other takes one per entry. */
export const DIRECTIONS = ["forward", "inverse"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * Autoregressive layer: with f_j(x) = T(x_j; h_j(x_{<j}, context)), h a masked network and T the transformer,
 *
 *     forward   encode = f (MAF, Papamakarios, Pavlakou & Murray 2017, arXiv:1705.07057): fast to train
 *     inverse   decode = f (IAF, Kingma et al. 2016, arXiv:1606.04934): fast to sample
 *
 *     log|det ∂f/∂x| = Σ_j ln T′(x_j)
 *
 * The other direction solves f(x) = y entry by entry, D evaluations of h in one loop. It has a gradient of first order,
 * by implicit differentiation (another D evaluations and reverse passes), and its log-determinant is minus that of f at
 * the solution.
 *
 * @param conditioner for rows of `dim` entries, with the transformer's blocks
 */
export function autoregressiveLayer(
  dim: number,
  conditioner: MaskedNetwork,
  transformer: Transformer,
  direction: Direction,
): Layer {
  const forward = (x: Tensor, given: readonly Tensor[]): { y: Tensor; logSlope: Tensor } =>
    transformer.forward(x, conditioner.apply(x, given));
  const read = (rows: Tensor, call: Call): readonly Tensor[] =>
    conditioner.read(call, rows.shape[0]);

  const fast = (x: Tensor, call: Call): { to: Tensor; logDet: Tensor } => {
    const { y, logSlope } = forward(x, read(x, call));
    return { to: y, logDet: tf.sum(logSlope, 1) };
  };
  const slow = (y: Tensor, call: Call): { to: Tensor; logDet: Tensor } => {
    const given = read(y, call);
    const x = invertTriangular({ conditioner, transformer }, y, given);
    return { to: x, logDet: tf.neg(tf.sum(forward(x, given).logSlope, 1)) };
  };
  const [there, back] = direction === "forward" ? [fast, slow] : [slow, fast];
  return {
    encode(x, call) {
      expectRows("autoregressive.encode", x, dim);
      const { to, logDet } = there(x, call);
      return { z: to, logDet };
    },
    decode(z, call) {
      expectRows("autoregressive.decode", z, dim);
      const { to, logDet } = back(z, call);
      return { x: to, logDet };
    },
  };
}
