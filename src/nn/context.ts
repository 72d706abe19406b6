import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";

/** x [N, in] with the context's columns behind it, [N, in + contextSize]; x itself where there is no context. */
export function withContext(x: Tensor, { context }: Call, contextSize: number): Tensor {
  if (contextSize === 0) return x;
  const [rows] = x.shape;
  if (context?.shape.join() !== [rows, contextSize].join())
    throw new Error(
      `network: expected a context of shape [${String(rows)}, ${contextSize}], got ` +
        (context ? `[${context.shape.join(", ")}].` : "none; pass the rows' condition along."),
    );
  return tf.concat([x, context], 1);
}
