import type { Tensor } from "../../src/engine/index.ts";
import { batched } from "../../src/evaluation/batched.ts";
import type { Rows } from "../../src/math/rows.ts";
import type { Bijection } from "../../src/model.ts";
import { createStore, type Store } from "../../src/engine/index.ts";

export const rowsOf = (values: readonly number[], dim: number): Rows => ({
  count: values.length / dim,
  shape: [dim],
  values: Float64Array.from(values),
});

/** Runs a function of rows in float64. */
export async function applyTo<K extends string>(
  store: Store,
  rows: Rows,
  f: (x: Tensor) => Record<K, Tensor>,
): Promise<Record<K, Float64Array>> {
  const program = await batched(
    {
      label: "test",
      store,
      inputs: { rows: rows.shape },
      body: ({ rows: x }) => {
        if (!x) throw new Error("no rows");
        return f(x);
      },
    },
    rows.count,
    { engine: "cpu", precision: "float64" },
  );
  const results = await program.run({ rows });
  await program.dispose();
  return results;
}

export const encode = (bijection: Bijection, rows: Rows, store: Store = createStore()) =>
  applyTo(store, rows, (x) => bijection.encode(x, { mode: "evaluate" }));

export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
