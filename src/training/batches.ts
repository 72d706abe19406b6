import type { Rng } from "../math/rng.ts";

/** Row numbers of the batch of a step. */
export type Batches = (step: number) => Int32Array;

/**
 * Each epoch runs through a new random order of the rows; what does not fill a batch is left out of that epoch. The
 * order is a function of (rng, epoch), so that a resumed run needs only the number of its step.
 */
export function createBatches(rows: number, batch: number, rng: Rng): Batches {
  const perEpoch = Math.floor(rows / batch);
  let order = new Int32Array(0);
  let current = -1;
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== current) {
      order = Int32Array.from(rng.fork(epoch).permutation(rows));
      current = epoch;
    }
    const start = (step % perEpoch) * batch;
    return order.subarray(start, start + batch);
  };
}
