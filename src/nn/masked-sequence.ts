import type { Tensor } from "../engine/index.ts";
import type { MaskedLinear } from "./masked-linear.ts";
import type { MaskedNetwork } from "./masked-network.ts";

type Map = (x: Tensor) => Tensor;

/** A masked network of linear layers, at least one, from how it puts them together. */
export function maskedSequence(
  layers: readonly MaskedLinear[],
  combine: (x: Tensor, maps: readonly [Map, ...Map[]]) => Tensor,
): MaskedNetwork {
  return {
    read: (call, rows) => layers.flatMap((layer) => layer.read(call, rows)),
    apply(x, read) {
      const maps = layers.map((layer, i): Map => {
        const [weight, shift] = read.slice(2 * i, 2 * i + 2) as [Tensor, Tensor];
        return (h) => layer.apply(h, weight, shift);
      });
      return combine(x, maps as [Map, ...Map[]]);
    },
  };
}
