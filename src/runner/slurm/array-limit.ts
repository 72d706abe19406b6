import type { Scheduler } from "./scheduler.ts";

/** Slurm's own default. */
const USUAL = 1001;

/** How many jobs one array may have: places go from 0 to MaxArraySize − 1. */
export async function arrayLimit(scheduler: Scheduler): Promise<number> {
  const { stdout } = await scheduler.call("scontrol", ["show", "config"]);
  const [, size] = /^MaxArraySize\s*=\s*(\d+)/m.exec(stdout) ?? [];
  return Math.max(1, Number(size ?? USUAL));
}
