import type { Tensor } from "../engine/index.ts";
import type { MaskedLinear } from "./masked-linear.ts";
import { columnsOf, type MaskedNetwork, type MaskedShape } from "./masked-network.ts";

type Map = (x: Tensor) => Tensor;

/** A masked network of linear layers, at least one, from how it puts them together. */
export function maskedSequence(
  shape: MaskedShape,
  layers: readonly MaskedLinear[],
  combine: (x: Tensor, maps: readonly [Map, ...Map[]]) => Tensor,
): MaskedNetwork {
  return {
    read: (call, rows) => layers.flatMap((layer) => layer.read(call, rows)),
    apply(x, read, entry) {
      const columns = entry && columnsOf(shape, entry);
      const maps = layers.map((layer, i): Map => {
        const [weight, shift] = read.slice(2 * i, 2 * i + 2) as [Tensor, Tensor];
        const chosen = i === layers.length - 1 ? columns : undefined;
        return (h) => layer.apply(h, weight, shift, chosen);
      });
      return combine(x, maps as [Map, ...Map[]]);
    },
  };
}
