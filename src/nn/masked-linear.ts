import { tf, type Store, type Tensor } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import type { Call } from "../model.ts";
import { expectContext } from "./context.ts";
import type { Initialiser } from "./initialiser.ts";

export interface MaskedLinear {
  /** The weight with its zeros, and the shift: [1, outputs], or [N, outputs] with a context. */
  read(call: Call, rows: number): readonly [weight: Tensor, shift: Tensor];
  /** x [N, inputs] → [N, outputs], or those outputs only whose numbers (int32 [k]) are given. */
  apply(x: Tensor, weight: Tensor, shift: Tensor, outputs?: Tensor): Tensor;
}

export interface MaskedLinearShape {
  /** Degrees of the inputs. */
  readonly from: readonly number[];
  /** Degrees of the outputs: one sees the inputs of its own degree and below. */
  readonly to: readonly number[];
  /** Columns of the context, which every output sees; 0 where the layer takes none. */
  readonly contextSize?: number;
}

/**
 * x (W ∘ M) + c V + b with a mask M of zeros and ones that is a constant of the store, and the context's part c V once
 * for all evaluations of a call. W is kept as in linear.ts, its longer side as columns. The masked weights start at
 * zero and stay there, since their gradient is zero.
 */
export function maskedLinear(
  store: Store,
  { from, to, contextSize = 0 }: MaskedLinearShape,
  initialiser: Initialiser,
  rng: Rng,
): MaskedLinear {
  const [inputs, outputs] = [from.length, to.length];
  const transposed = inputs >= outputs;
  const shape = transposed ? [outputs, inputs] : [inputs, outputs];
  const mask = Float64Array.from({ length: inputs * outputs }, (_, at) => {
    const [i, o] = transposed
      ? [at % inputs, Math.floor(at / inputs)]
      : [Math.floor(at / outputs), at % outputs];
    return (to[o] ?? 0) >= (from[i] ?? Infinity) ? 1 : 0;
  });
  const start = initialiser(inputs + contextSize, outputs, rng);
  const weight = store.variable(
    "weight",
    shape,
    mask.map((seen, at) => seen * (start[at] ?? 0)),
  );
  const maskSlot = store.constant("mask", shape, mask);
  const bias = store.variable("bias", [1, outputs], new Float64Array(outputs));
  const contextWeight =
    contextSize > 0
      ? store.variable("context-weight", [contextSize, outputs], start.slice(inputs * outputs))
      : undefined;
  return {
    read(call, rows) {
      const masked = tf.mul(weight.read(), maskSlot.read());
      if (!contextWeight) return [masked, bias.read()];
      const context = expectContext(call, rows, contextSize);
      return [masked, tf.add(tf.matMul(context, contextWeight.read()), bias.read())];
    },
    apply(x, masked, shift, columns) {
      const chosen = (tensor: Tensor, axis: number): Tensor =>
        columns ? tf.gather(tensor, columns, axis) : tensor;
      const product = tf.matMul(x, chosen(masked, transposed ? 0 : 1), false, transposed);
      return tf.add(product, chosen(shift, 1));
    },
  };
}
