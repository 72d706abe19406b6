import type { EngineOptions, Store, Tensor } from "../engine/index.ts";
import type { Rows } from "../math/rows.ts";
import type { LikelihoodCall, RowNoise } from "../model.ts";
import { batched } from "./batched.ts";
import { rowNoise } from "./row-noise.ts";

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
  /** Random input of each row. */
  readonly noise?: Readonly<Record<string, RowNoise>> | undefined;
  /** Recordable: x [batch, …] → outputs [batch, …]. Each row of the result depends on its row only. */
  readonly body: (x: Tensor, call: LikelihoodCall) => Readonly<Record<K, Tensor>>;
}

/** Compiles a function of rows, applies it to all of them and lets it go: outputs by name, row-major. */
export async function overRows<K extends string>({
  label,
  store,
  rows,
  context,
  batch,
  engine,
  noise,
  body,
}: RowFunction<K>): Promise<Record<K, Float64Array>> {
  const feed = rowNoise(noise);
  const program = await batched(
    {
      label,
      store,
      inputs: { rows: rows.shape, ...(context && { context: context.shape }), ...feed.inputs },
      body: (tensors) => {
        const { rows: x, context: condition } = tensors;
        if (!x) throw new Error(`${label}: the program has no rows.`);
        const given = { ...(condition && { context: condition }), noise: feed.of(tensors) };
        return body(x, { mode: "evaluate", ...given });
      },
    },
    Math.min(batch, rows.count),
    engine,
  );
  try {
    const draw = feed.start();
    return await program.run({ rows, ...(context && { context }), ...draw(rows.count) });
  } finally {
    await program.dispose();
  }
}
