import type { EngineOptions } from "../src/engine/index.ts";
import { glow } from "../src/flows/glow.ts";
import { defaultsOf } from "../src/options.ts";
import { buildTrainer } from "./build-trainer.ts";

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

/** The family and the trainer that users run, as near to the peers' Glow as its options go. Compiled, not yet run. */
export function glowTraining({ dim, layers, hidden, batch }: GlowSize, engine: EngineOptions) {
  const side = Math.sqrt(dim);
  const options = {
    ...defaultsOf(glow.options),
    levels: 2,
    steps: layers,
    hidden: [hidden, hidden],
    positions: false,
    learnedPrior: false,
  };
  return buildTrainer({
    build: (rng) => glow.build({ options, shape: [side, side, 1], contextSize: 0, rng }),
    batch,
    batches: BATCHES,
    engine,
    // A step takes long enough for the overhead of a call not to matter, and few of them keep the blocks short.
    chunk: 4,
  });
}
