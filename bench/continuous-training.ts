import type { EngineOptions } from "../src/engine/index.ts";
import { freeForm } from "../src/freeform/free-form.ts";
import { flowMatching } from "../src/ode/flow-matching.ts";
import { defaultsOf } from "../src/options.ts";
import { buildTrainer } from "./build-trainer.ts";
import { FREQUENCIES } from "./hashed.ts";
import type { Size } from "./task.ts";

const FAMILIES = {
  "flow-matching": {
    family: flowMatching,
    options: { network: "mlp", timeFeatures: FREQUENCIES },
  },
  "free-form": { family: freeForm, options: { network: "residual", beta: 100, probes: 1 } },
} as const;

export type ContinuousWork = keyof typeof FAMILIES;

/** Batches drawn beforehand. */
const BATCHES = 64;

/** The family and the trainer that users run, on the work of bench/peers/README.md. Compiled, not yet run. */
export function continuousTraining(
  work: ContinuousWork,
  { dim, layers, hidden, batch }: Size,
  engine: EngineOptions,
) {
  const { family, options: particular } = FAMILIES[work];
  const options = {
    ...defaultsOf(family.options),
    hidden: Array.from({ length: layers }, () => hidden),
    activation: "silu",
    ...particular,
  };
  return buildTrainer({
    build: (rng) => family.build({ options, shape: [dim], contextSize: 0, rng }),
    ...{ batch, engine },
    batches: BATCHES,
  });
}
