import type { EngineOptions, Store, Tensor } from "../engine/index.ts";
import type { Rows } from "../math/rows.ts";
import type { Call } from "../model.ts";
import { batched } from "./batched.ts";

export interface RowFunction<K extends string> {
  /** For error messages: "latents". */
  readonly label: string;
  readonly store: Store;
  readonly rows: Rows;
  /** Condition of each row, shape [C]. */
  readonly context?: Rows | undefined;
  /** Rows per call at most. */
  readonly batch: number;
  readonly engine: EngineOptions;
  /** Recordable: x [batch, …] → outputs [batch, …]. Each row of the result depends on its row only. */
  readonly body: (x: Tensor, call: Call) => Readonly<Record<K, Tensor>>;
}

/** Compiles a function of rows, applies it to all of them and lets it go: outputs by name, row-major. */
export async function overRows<K extends string>({
  label,
  store,
  rows,
  context,
  batch,
  engine,
  body,
}: RowFunction<K>): Promise<Record<K, Float64Array>> {
  const program = await batched(
    {
      label,
      store,
      inputs: { rows: rows.shape, ...(context && { context: context.shape }) },
      body: ({ rows: x, context: condition }) => {
        if (!x) throw new Error(`${label}: the program has no rows.`);
        return body(x, { mode: "evaluate", ...(condition && { context: condition }) });
      },
    },
    Math.min(batch, rows.count),
    engine,
  );
  try {
    return await program.run({ rows, ...(context && { context }) });
  } finally {
    await program.dispose();
  }
}
