import type { EngineOptions } from "../src/engine/index.ts";
import { glow } from "../src/flows/glow.ts";
import { createRng } from "../src/math/rng.ts";
import type { Rows } from "../src/math/rows.ts";
import { defaultsOf } from "../src/options.ts";
import { trainingOptions } from "../src/training/options.ts";
import { packing } from "../src/training/pack.ts";
import { planTraining } from "../src/training/plan.ts";
import { createTrainer } from "../src/training/trainer.ts";

/** One Glow training problem of bench/peers/README.md: square images of one channel, two levels. */
export interface GlowSize {
  /** Pixels: 784 for 28 × 28. */
  readonly dim: number;
  /** Steps of flow per level. */
  readonly layers: number;
  /** Channels of the two hidden layers of a nested network. */
  readonly hidden: number;
  readonly batch: number;
}

/** Batches drawn beforehand. */
const BATCHES = 16;

/** Pixels row by row, x_0 = e_0, x_j = 0.8 x_{j−1} + 0.6 e_j: a stationary series of unit variance. */
function autoregressiveImages(count: number, side: number): Rows {
  const dim = side * side;
  const values = createRng(0)
    .fork("data")
    .normals(count * dim);
  for (let i = 0; i < values.length; i++)
    if (i % dim > 0) values[i] = 0.8 * (values[i - 1] ?? 0) + 0.6 * (values[i] ?? 0);
  return { count, shape: [side, side, 1], values };
}

/** The family and the trainer that users run, as near to the peers' Glow as its options go. Compiled, not yet run. */
export async function glowTraining(
  { dim, layers, hidden, batch }: GlowSize,
  engine: EngineOptions,
) {
  const side = Math.sqrt(dim);
  const rng = createRng(1);
  const model = glow.build({
    options: {
      ...defaultsOf(glow.options),
      levels: 2,
      steps: layers,
      hidden: [hidden, hidden],
      positions: false,
      learnedPrior: false,
    },
    shape: [side, side, 1],
    contextSize: 0,
    rng: rng.fork("model"),
  });
  const variables = model.store.slots("variable");
  const parameters = variables.reduce((sum, slot) => sum + slot.values.length, 0);
  const options = {
    ...defaultsOf(trainingOptions),
    batch,
    schedule: "constant" as const,
    clip: null,
    steps: 1_000_000,
  };
  const rows = autoregressiveImages(BATCHES * batch, side);
  // A step takes long enough for the overhead of a call not to matter, and few of them keep the blocks short.
  const plan = { ...planTraining(options, rows.count, parameters), chunk: 4 };
  const trainer = await createTrainer({
    model,
    rows,
    options,
    plan,
    packing: packing(variables),
    engine,
    rng: rng.fork("training"),
  });
  return { trainer, parameters, stepsPerCall: plan.chunk };
}
