import { realNvp } from "../src/flows/real-nvp.ts";
import { splineCoupling } from "../src/flows/spline-coupling.ts";
import type { EngineOptions } from "../src/engine/index.ts";
import type { Family } from "../src/model.ts";
import { defaultsOf } from "../src/options.ts";
import { buildTrainer } from "./build-trainer.ts";

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

/** The family and the trainer that users run, on the work of bench/peers/README.md. Compiled, not yet run. */
export function couplingTraining(
  work: Work,
  { dim, layers, hidden, batch }: Size,
  engine: EngineOptions,
) {
  const { family, options: particular } = WORK[work];
  const options = {
    ...defaultsOf(family.options),
    layers,
    hidden: [hidden, hidden],
    activation: "tanh",
    mixing: "rotation",
    ...particular,
  };
  return buildTrainer({
    build: (rng) => family.build({ options, shape: [dim], contextSize: 0, rng }),
    batch,
    batches: BATCHES,
    engine,
  });
}
