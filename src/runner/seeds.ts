import { createRng, type Rng } from "../math/rng.ts";

/** Independent streams of one replicate, by purpose. */
export interface SeedStreams {
  /** Draw and split of the data: a function of the seed alone, so that all families see the same rows. */
  readonly data: Rng;
  readonly model: Rng;
  readonly training: Rng;
  readonly samples: Rng;
}

export function seedStreams(seed: number): SeedStreams {
  const root = createRng(seed);
  return {
    data: root.fork("data"),
    model: root.fork("model"),
    training: root.fork("training"),
    samples: root.fork("samples"),
  };
}
