import {
  createStore,
  tf,
  type EngineOptions,
  type Store,
  type Tensor,
} from "../../../src/engine/index.ts";
import { batched } from "../../../src/evaluation/batched.ts";
import type { Layer } from "../../../src/flows/layer.ts";
import { mixing, type Mixing } from "../../../src/flows/mixing.ts";
import { createRng } from "../../../src/math/rng.ts";

/** A mixing whose variables have normal noise of this deviation added. */
export function mixingAway(
  kind: Mixing,
  dim: number,
  deviation: number,
  seed = 1,
): { store: Store; layer: Layer } {
  const store = createStore();
  const layer = mixing(kind, dim, store, createRng(seed));
  if (!layer) throw new Error(`${kind} is no layer`);
  for (const slot of store.slots("variable")) {
    const noise = createRng("away").fork(dim).normals(slot.values.length);
    slot.values = slot.values.map((v, i) => v + deviation * (noise[i] ?? 0));
  }
  return { store, layer };
}

/** Runs a function of the store's slots, and gives its results' entries. */
export async function evaluate<K extends string>(
  store: Store,
  f: () => Record<K, Tensor>,
  engine: EngineOptions = { engine: "cpu", precision: "float64" },
): Promise<Record<K, Float64Array>> {
  const program = await batched(
    {
      label: "mixing",
      store,
      inputs: { rows: [1] },
      body: () =>
        Object.fromEntries(
          Object.entries<Tensor>(f()).map(([name, value]) => [name, tf.reshape(value, [1, -1])]),
        ),
    },
    1,
    engine,
  );
  const results = await program.run({ rows: { count: 1, shape: [1], values: Float64Array.of(0) } });
  await program.dispose();
  return results;
}

/** What encode does to the rows of the identity: W itself. */
export const matrixOf = (layer: Layer, dim: number): Tensor =>
  layer.encode(tf.eye(dim), { mode: "evaluate" }).z;

/** A B of row-major [dim, dim] matrices, A transposed if so told. */
export function product(
  a: Float64Array,
  b: Float64Array,
  dim: number,
  transpose = false,
): Float64Array {
  return a.map((_, entry) => {
    const [i, j] = [Math.floor(entry / dim), entry % dim];
    let sum = 0;
    for (let k = 0; k < dim; k++)
      sum += (a[transpose ? k * dim + i : i * dim + k] ?? 0) * (b[k * dim + j] ?? 0);
    return sum;
  });
}

/** The identity, row-major [dim, dim]. */
export const identity = (dim: number): Float64Array =>
  Float64Array.from({ length: dim * dim }, (_, k) => +(k % (dim + 1) === 0));

/** Largest difference of two arrays. */
export const distance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);

/** max |QᵀQ − I|. */
export const defect = (q: Float64Array, dim: number): number =>
  distance(product(q, q, dim, true), identity(dim));
