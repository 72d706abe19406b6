import { inCells, outOfCells } from "../distributions/cells.ts";
import { tf } from "../engine/index.ts";
import type { Call, Cells } from "../model.ts";
import type { Network } from "../nn/network.ts";
import { expectRows, type Layer } from "./layer.ts";
import type { Transformer } from "./transformer.ts";

/**
 * Variational dequantisation (Ho et al. 2019, arXiv:1902.00275) as an invertible layer. A row is x = origin + width (k + u)
 * with counts k and uniform noise u. The layer moves u within its cell by a map s that increases from 0 to 1, whose
 * parameters the network computes from the counts of the whole image:
 *
 *     encode   z = origin + width (k + s(u; k))        log|det J| = Σ ln ∂s/∂u
 *
 * The density of s(u) is q(s | k) = 1 / (∂s/∂u), so that log p(x) averaged over u is the paper's bound
 * E[log p(k + s) − log q(s | k)] on the likelihood of the counts. Decode is exact.
 *
 * @param network counts [N, dim] → [N, 2 · dim], parameters of `within`
 * @param within maps [0, 1] onto itself
 */
export function dequantisation(
  dim: number,
  cells: Cells,
  network: Network,
  within: Transformer,
): Layer {
  return {
    encode(x, call) {
      expectRows("dequantisation.encode", x, dim);
      const { counts, rest } = inCells(x, cells);
      const { y, logSlope } = within.forward(rest, network(counts, call));
      return { z: outOfCells(counts, y, cells), logDet: tf.sum(logSlope, 1) };
    },
    decode(z, call: Call) {
      expectRows("dequantisation.decode", z, dim);
      const { counts, rest } = inCells(z, cells);
      const { x, logSlope } = within.inverse(rest, network(counts, call));
      return { x: outOfCells(counts, x, cells), logDet: tf.sum(logSlope, 1) };
    },
  };
}
