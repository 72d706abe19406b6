import type { EngineOptions, Tensor } from "../engine/index.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { ModelError, type Bijection, type Call, type Model } from "../model.ts";
import { DEFAULT_BATCH } from "./batched.ts";
import { overRows } from "./over-rows.ts";

export interface LatentOptions {
  /** Condition of each row, shape [C]. */
  readonly context?: Rows;
  readonly engine?: EngineOptions;
  /** Rows per call of the compiled function. */
  readonly batch?: number;
}

/**
 * Rows → their latents, [D] per row.
 *
 * @param rows in the model's units, of the model's shape
 * @throws ModelError for a model without an invertible map
 */
export async function encodeRows(
  model: Model,
  rows: Rows,
  options: LatentOptions = {},
): Promise<Rows> {
  const size = rowSize(model);
  const map = mapOf(model, "encodeRows");
  const values = await apply(model, rows, options, (x, call) => map.encode(x, call).z);
  return { count: rows.count, shape: [size], values };
}

/**
 * Latents [D] → rows of the model's shape, in its units: undoes `encodeRows`.
 *
 * @throws ModelError for a model without an invertible map
 */
export async function decodeLatents(
  model: Model,
  latents: Rows,
  options: LatentOptions = {},
): Promise<Rows> {
  const map = mapOf(model, "decodeLatents");
  const values = await apply(model, latents, options, (z, call) => map.decode(z, call).x);
  return { count: latents.count, shape: model.shape, values };
}

function mapOf({ bijection }: Model, who: string): Bijection {
  if (bijection === undefined)
    throw new ModelError(
      `${who}: this family has no invertible map between rows and latents; choose one that has, such as glow or real-nvp.`,
    );
  return bijection;
}

async function apply(
  { store }: Model,
  rows: Rows,
  { context, engine = {}, batch = DEFAULT_BATCH }: LatentOptions,
  map: (rows: Tensor, call: Call) => Tensor,
): Promise<Float64Array> {
  if (rows.count === 0) return new Float64Array(0);
  const { mapped } = await overRows({
    ...{ label: "latents", store, rows, context, batch, engine },
    body: (x, call) => ({ mapped: map(x, call) }),
  });
  return mapped;
}
