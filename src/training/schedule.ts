import type { TrainingOptions } from "./options.ts";

type ScheduleOptions = Pick<TrainingOptions, "learningRate" | "schedule" | "warmup">;

/**
 * Learning rate of a step (from 0): linear increase over `warmup` steps, then constant, or half a cosine that would
 * reach zero at `steps` (Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts).
 */
export function learningRateAt(step: number, steps: number, options: ScheduleOptions): number {
  const { learningRate, schedule, warmup } = options;
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  if (schedule === "constant") return learningRate;
  const progress = (step - warmup) / Math.max(1, steps - warmup);
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}
