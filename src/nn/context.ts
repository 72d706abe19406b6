import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";

/** The call's context, [N, contextSize] for N rows; throws where it is missing or has another shape. */
export function expectContext(
  { context }: Call,
  rows: number | undefined,
  contextSize: number,
): Tensor {
  if (context?.shape.join() !== [rows, contextSize].join())
    throw new Error(
      `network: expected a context of shape [${String(rows)}, ${contextSize}], got ` +
        (context ? `[${context.shape.join(", ")}].` : "none; pass the rows' condition along."),
    );
  return context;
}

/** x [N, in] with the context's columns behind it, [N, in + contextSize]; x itself where there is no context. */
export function withContext(x: Tensor, call: Call, contextSize: number): Tensor {
  if (contextSize === 0) return x;
  return tf.concat([x, expectContext(call, x.shape[0], contextSize)], 1);
}
