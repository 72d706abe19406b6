import { tf, type Store } from "../../engine/index.ts";
import type { Layer } from "../layer.ts";
import { linearLayer } from "../linear-map.ts";

/** z = x Q for a fixed Q, row-major [dim, dim] with QᵀQ = I: a constant of the store, saved but not trained. */
export function constantMap(who: string, matrix: Float64Array, dim: number, store: Store): Layer {
  const slot = store.constant("matrix", [dim, dim], matrix);
  return linearLayer(
    who,
    { matrix: () => slot.read(), inverse: () => tf.transpose(slot.read()) },
    dim,
  );
}
