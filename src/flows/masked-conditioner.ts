import { tf, type Store } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { ModelError } from "../model.ts";
import { expectContext } from "../nn/context.ts";
import { maskedMlp } from "../nn/masked-mlp.ts";
import type { MaskedNetwork, MaskedShape } from "../nn/masked-network.ts";
import { maskedResidual } from "../nn/masked-residual.ts";
import { residualShape } from "../nn/networks.ts";
import { conditioner, type ConditionerOptions } from "./conditioner.ts";

/**
 * The masked network that the options ask for; its last layer starts at zero. A single entry has no entry before it: its
 * network is one of the context alone, or a constant.
 *
 * @throws ModelError for a residual network whose widths differ, and for networks that cannot be masked
 */
export function maskedConditioner(
  store: Store,
  shape: MaskedShape,
  options: ConditionerOptions,
  rng: Rng,
): MaskedNetwork {
  const { hidden, conditioner: kind, activation } = options;
  if (shape.entries === 1) return ofContext(store, shape, options, rng);
  if (kind === "mlp") return maskedMlp(store, shape, { hidden, activation }, rng);
  if (kind !== "residual")
    throw new ModelError(
      `conditioner: expected mlp or residual, of which there are masked forms, got "${kind}"; choose one of them.`,
    );
  return maskedResidual(store, shape, { ...residualShape(hidden), activation }, rng);
}

function ofContext(
  store: Store,
  { blocks, contextSize }: MaskedShape,
  options: ConditionerOptions,
  rng: Rng,
): MaskedNetwork {
  const outputs = blocks.reduce((sum, size) => sum + size, 0);
  if (contextSize === 0) {
    const bias = store.variable("bias", [1, outputs], new Float64Array(outputs));
    return {
      read: (_, rows) => [tf.mul(tf.ones([rows, 1]), bias.read())],
      apply: (_, [raw]) => raw as NonNullable<typeof raw>,
    };
  }
  const network = conditioner(
    store,
    { inputs: contextSize, outputs, contextSize: 0 },
    options,
    rng,
  );
  return {
    read: (call, rows) => [network(expectContext(call, rows, contextSize), call)],
    apply: (_, [raw]) => raw as NonNullable<typeof raw>,
  };
}
