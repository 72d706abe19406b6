import type { TrainingOptions } from "./options.ts";

/** When what happens; a function of the options and the data alone, so that a resumed run follows the same plan. */
export interface Plan {
  readonly steps: number;
  readonly batch: number;
  readonly evaluateEvery: number;
  /** A multiple of evaluateEvery; 0 for none. */
  readonly checkpointEvery: number;
  /** Steps per call of the compiled step; divides evaluateEvery. */
  readonly chunk: number;
  readonly notes: readonly string[];
}

/** Longest call of the compiled step; an interrupt is heard between calls. */
const LONGEST_CHUNK = 100;
/** Floating-point operations of one call, half a second to a second of a CPU core. */
const WORK_PER_CALL = 5e10;

/**
 * @param rows training rows
 * @param parameters entries of all trained arrays: a step costs about 6 · parameters · batch operations
 */
export function planTraining(options: TrainingOptions, rows: number, parameters: number): Plan {
  const notes: string[] = [];
  const batch = Math.min(options.batch, rows);
  if (batch < options.batch)
    notes.push(`training.batch ${options.batch} was cut to the ${rows} training rows`);
  const perEpoch = Math.floor(rows / batch);
  const steps = options.epochs === null ? options.steps : options.epochs * perEpoch;
  if (options.epochs !== null) notes.push(`${options.epochs} epochs are ${steps} steps`);
  const affordable = Math.floor(WORK_PER_CALL / (6 * parameters * batch));
  const longest = Math.min(LONGEST_CHUNK, Math.max(1, affordable));
  const evaluateEvery =
    options.evaluateEvery ?? (steps >= 1000 ? 100 : Math.max(1, Math.ceil(steps / 10)));
  return {
    steps,
    batch,
    evaluateEvery,
    checkpointEvery: Math.ceil(options.checkpointEvery / evaluateEvery) * evaluateEvery,
    chunk: largestDivisor(evaluateEvery, longest),
    notes,
  };
}

function largestDivisor(of: number, atMost: number): number {
  let divisor = Math.min(of, atMost);
  while (of % divisor !== 0) divisor--;
  return divisor;
}
