import type { Scheduler } from "./scheduler.ts";
import { WARNING } from "./submit-array.ts";

/** Slurm warns up to a minute early, and writing the checkpoint has taken its time. */
const SLACK = 60;

/** Seconds of `[days-][[hours:]minutes:]seconds`; NaN of words as UNLIMITED. */
export function parseTimeLeft(text: string): number {
  const [, days = "0", clock = ""] = /^(?:(\d+)-)?([\d:]+)$/.exec(text.trim()) ?? [];
  if (clock === "") return NaN;
  return clock.split(":").reduce((sum, part) => 60 * sum + Number(part), 0) + 86_400 * Number(days);
}

/**
 * Whether the scheduler is about to take the machine back, by the time limit or for a job that goes before: then the job
 * still runs, with little time left. A job that a person told to stop has time, or is being cancelled.
 */
async function isRunningOut(job: string, scheduler: Scheduler): Promise<boolean> {
  const { code, stdout } = await scheduler.call("squeue", ["-h", "-j", job, "-o", "%T|%L"]);
  const [state, left = ""] = stdout.trim().split("|");
  return code === 0 && state === "RUNNING" && parseTimeLeft(left) <= WARNING + SLACK;
}

/**
 * Puts this job back into the queue if the scheduler is about to end it, so that it goes on from its checkpoint without
 * anybody's help. Slurm waits about two minutes before it starts it again, and ends it now.
 *
 * @returns whether it will go on
 */
export async function requeueIfRunningOut(job: string, scheduler: Scheduler): Promise<boolean> {
  if (!(await isRunningOut(job, scheduler))) return false;
  const { code } = await scheduler.call("scontrol", ["requeue", job]);
  return code === 0;
}
