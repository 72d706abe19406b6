import type { EngineOptions } from "../src/engine/index.ts";
import { createRng, type Rng } from "../src/math/rng.ts";
import type { Rows } from "../src/math/rows.ts";
import type { Model } from "../src/model.ts";
import { defaultsOf } from "../src/options.ts";
import { trainingOptions } from "../src/training/options.ts";
import { packing } from "../src/training/pack.ts";
import { planTraining } from "../src/training/plan.ts";
import { createTrainer } from "../src/training/trainer.ts";

export interface Training {
  readonly build: (rng: Rng) => Model;
  readonly batch: number;
  /** Batches drawn beforehand. */
  readonly batches: number;
  readonly engine: EngineOptions;
  /** Steps of one call; the plan's own unless told otherwise. */
  readonly chunk?: number;
}

/** Row by row x_0 = e_0, x_j = 0.8 x_{j−1} + 0.6 e_j: a stationary series of unit variance. */
function autoregressiveRows(count: number, shape: readonly number[]): Rows {
  const dim = shape.reduce((product, d) => product * d, 1);
  const values = createRng(0)
    .fork("data")
    .normals(count * dim);
  for (let i = 0; i < values.length; i++)
    if (i % dim > 0) values[i] = 0.8 * (values[i - 1] ?? 0) + 0.6 * (values[i] ?? 0);
  return { count, shape, values };
}

/** The trainer that users run, at a constant rate and without clipping, on the rows of bench/peers/README.md. Not yet run. */
export async function buildTrainer({ build, batch, batches, engine, chunk }: Training) {
  const rng = createRng(1);
  const model = build(rng.fork("model"));
  const variables = model.store.slots("variable");
  const parameters = variables.reduce((sum, slot) => sum + slot.values.length, 0);
  const options = {
    ...defaultsOf(trainingOptions),
    batch,
    schedule: "constant" as const,
    clip: null,
    steps: 1_000_000,
  };
  const rows = autoregressiveRows(batches * batch, model.shape);
  const planned = planTraining(options, rows.count, parameters);
  const plan = { ...planned, chunk: chunk ?? planned.chunk };
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
