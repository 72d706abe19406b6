import { createStore, type EngineOptions, type Store } from "../../src/engine/index.ts";
import { maskedConditioner } from "../../src/flows/masked-conditioner.ts";
import type { Transformer } from "../../src/flows/transformer.ts";
import { createRng } from "../../src/math/rng.ts";
import type { MaskedNetwork } from "../../src/nn/masked-network.ts";

export const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };
/** Columns of the context. */
export const CONTEXT = 2;
export const rng = createRng("autoregressive layer");

export interface Parts {
  readonly store: Store;
  readonly conditioner: MaskedNetwork;
}

/** A masked network with random parameters, with and without a context. */
export function parts(
  dim: number,
  transformer: Transformer,
  { contextSize = CONTEXT, width = 7 } = {},
): Parts {
  const store = createStore();
  const conditioner = maskedConditioner(
    store,
    { entries: dim, blocks: transformer.blocks, contextSize },
    { hidden: [width, width], conditioner: "mlp", activation: "tanh" },
    rng,
  );
  for (const slot of store.slots("variable"))
    slot.values = rng
      .fork(slot.name)
      .normals(slot.values.length)
      .map((v) => 0.7 * v);
  return { store, conditioner };
}
