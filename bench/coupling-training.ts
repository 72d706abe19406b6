import { realNvp } from "../src/flows/real-nvp.ts";
import { splineCoupling } from "../src/flows/spline-coupling.ts";
import type { EngineOptions } from "../src/engine/index.ts";
import { createRng } from "../src/math/rng.ts";
import type { Family } from "../src/model.ts";
import type { Rows } from "../src/math/rows.ts";
import { defaultsOf } from "../src/options.ts";
import { trainingOptions } from "../src/training/options.ts";
import { packing } from "../src/training/pack.ts";
import { planTraining } from "../src/training/plan.ts";
import { createTrainer } from "../src/training/trainer.ts";

export interface Size {
  readonly dim: number;
  readonly layers: number;
  /** Width of both hidden layers of a conditioner. */
  readonly hidden: number;
  readonly batch: number;
}

/** What is trained: the family, its options beside those of the size, and the sizes that are timed. */
export const WORK = {
  affine: {
    family: realNvp,
    options: { clamp: 2 },
    sizes: [
      { dim: 2, layers: 8, hidden: 64, batch: 256 },
      { dim: 2, layers: 8, hidden: 128, batch: 1024 },
      { dim: 43, layers: 10, hidden: 256, batch: 512 },
    ],
  },
  spline: {
    family: splineCoupling,
    options: { spline: "rational-quadratic", bins: 8, bound: 5 },
    sizes: [
      { dim: 2, layers: 4, hidden: 64, batch: 512 },
      { dim: 6, layers: 8, hidden: 128, batch: 512 },
      { dim: 43, layers: 5, hidden: 128, batch: 512 },
    ],
  },
} as const satisfies Record<
  string,
  { family: Family; options: Record<string, unknown>; sizes: readonly Size[] }
>;

export type Work = keyof typeof WORK;

/** Batches drawn beforehand. */
const BATCHES = 64;

/** x_0 = e_0, x_j = 0.8 x_{j−1} + 0.6 e_j: a stationary series of unit variance. */
function autoregressiveRows(count: number, dim: number): Rows {
  const values = createRng(0)
    .fork("data")
    .normals(count * dim);
  for (let i = 0; i < values.length; i++)
    if (i % dim > 0) values[i] = 0.8 * (values[i - 1] ?? 0) + 0.6 * (values[i] ?? 0);
  return { count, shape: [dim], values };
}

/** The family and the trainer that users run, on the work of bench/peers/README.md. Compiled, not yet run. */
export async function couplingTraining(
  work: Work,
  { dim, layers, hidden, batch }: Size,
  engine: EngineOptions,
) {
  const rng = createRng(1);
  const { family, options: particular } = WORK[work];
  const model = family.build({
    options: {
      ...defaultsOf(family.options),
      layers,
      hidden: [hidden, hidden],
      activation: "tanh",
      mixing: "rotation",
      ...particular,
    },
    shape: [dim],
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
  const rows = autoregressiveRows(BATCHES * batch, dim);
  const plan = planTraining(options, rows.count, parameters);
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
